// SPDX-License-Identifier: Apache-2.0
// The part `live` of a snapshot, read where it lies: entries are decoded when somebody asks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "store/live_entry.hpp"

namespace repute::store {

/// A view of a payload that somebody else owns; 4 bytes of memory for each entry. Thread-safe.
class live_list {
 public:
  live_list() = default;
  /// Nothing if the payload breaks the format or its order, as decode_live. At most 1 GiB.
  [[nodiscard]] static std::optional<live_list> read(byte_view payload);

  [[nodiscard]] std::size_t size() const noexcept { return offsets_.size(); }
  /// `index` is below size().
  [[nodiscard]] live_entry operator[](std::size_t index) const;
  [[nodiscard]] std::optional<live_entry> find(const live_key& key) const;
  /// Index of the first entry after `key`; size() if there is none.
  [[nodiscard]] std::size_t first_after(const live_key& key) const;

 private:
  byte_view payload_;
  std::vector<std::uint32_t> offsets_;
};

}  // namespace repute::store
