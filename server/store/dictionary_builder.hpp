// SPDX-License-Identifier: Apache-2.0
// Interns resolved verdicts: equal verdicts of millions of rows become one dictionary entry.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "store/snapshot_view.hpp"
#include "store/snapshot_writer.hpp"

namespace repute::store {

class dictionary_builder {
 public:
  dictionary_builder();

  /// Index of a verdict, the same for equal ones; indices grow in the order of first use. A verdict
  /// without steps has index 0, "no row".
  std::uint32_t index_of(const resolved_verdict& verdict);

  [[nodiscard]] const std::vector<dictionary_entry>& entries() const noexcept { return entries_; }
  [[nodiscard]] const std::vector<std::vector<std::uint16_t>>& sources() const noexcept {
    return sources_;
  }

 private:
  using identity = std::tuple<std::array<std::uint8_t, answer_size>, std::uint32_t, std::uint32_t,
                              std::vector<std::uint16_t>>;
  std::map<identity, std::uint32_t> known_;
  std::vector<dictionary_entry> entries_;
  std::vector<std::vector<std::uint16_t>> sources_;
};

}  // namespace repute::store
