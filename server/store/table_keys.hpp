// SPDX-License-Identifier: Apache-2.0
// The keys of an exact table before it is filled: 24 bytes each, in rooms that sort by themselves.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "store/snapshot_writer.hpp"

namespace repute::store {

/// A key and its verdict: an index into snapshot_frame::verdicts.
struct placed_key {
  table_key key;
  std::uint32_t verdict = 0;
};

/// Keys by the first byte of their place. Places are uniform, so are the rooms. One thread at a
/// time, but several may sort rooms of their own.
class table_keys {
 public:
  static constexpr std::size_t rooms = 256;

  void add(const resolved_key& key) {
    room_[key.key.place >> 56].push_back({key.key, key.verdict});
    ++by_kind_[static_cast<std::uint8_t>(key.kind)];
    ++size_;
  }

  /// Sorts one room by (place, tag).
  void sort_room(std::size_t room);

  [[nodiscard]] const std::vector<placed_key>& room(std::size_t number) const noexcept {
    return room_[number];
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] const std::array<std::uint64_t, 256>& by_kind() const noexcept { return by_kind_; }

 private:
  std::array<std::vector<placed_key>, rooms> room_;
  std::array<std::uint64_t, 256> by_kind_{};
  std::size_t size_ = 0;
};

}  // namespace repute::store
