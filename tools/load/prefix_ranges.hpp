// SPDX-License-Identifier: Apache-2.0
// Networks inside networks as ranges that do not overlap.
#pragma once

#include <vector>

#include "load/cover_index.hpp"
#include "load/verdict_memo.hpp"
#include "store/prefix_table.hpp"

namespace repute::load {

class prefix_resolver {
 public:
  /// All arguments outlive it; verdicts are added to `verdicts`.
  prefix_resolver(const cover_index& covers, const attribute_pool& pool, std::uint16_t fixed_feed,
                  std::uint32_t now_h, verdict_pool& verdicts)
      : covers_(covers), pool_(pool), fixed_feed_(fixed_feed), now_h_(now_h), verdicts_(verdicts) {}

  [[nodiscard]] std::vector<store::resolved_range<std::uint32_t>> ranges4() const;
  [[nodiscard]] std::vector<store::resolved_range<store::address6>> ranges6() const;

 private:
  [[nodiscard]] std::vector<std::uint32_t> verdicts_of(kind family) const;

  const cover_index& covers_;
  const attribute_pool& pool_;
  std::uint16_t fixed_feed_;
  std::uint32_t now_h_;
  verdict_pool& verdicts_;
};

}  // namespace repute::load
