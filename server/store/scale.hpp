// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace repute::store {

/// Maps a uniform 64-bit value to 0 .. count-1 without a division: the high half of the 128-bit
/// product (D. Lemire, "Fast Random Integer Generation in an Interval", 2019).
[[nodiscard]] inline std::uint64_t scale(std::uint64_t uniform, std::uint64_t count) noexcept {
  __extension__ using wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<wide>(uniform) * count) >> 64);
}

}  // namespace repute::store
