// SPDX-License-Identifier: Apache-2.0
// Puts requests together, and says if they did not fit.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>

#include "repute/schema/bytes.hpp"

namespace repute::bench {

/// Writes behind what was written before; what does not fit is left out and makes size() 0.
class byte_writer {
 public:
  explicit byte_writer(byte_span to) noexcept : to_(to) {}

  void text(std::string_view more) noexcept {
    bytes({reinterpret_cast<const std::uint8_t*>(more.data()), more.size()});
  }
  void bytes(byte_view more) noexcept {
    fits_ = fits_ && more.size() <= to_.size() - used_;
    if (fits_) {
      std::copy(more.begin(), more.end(), to_.begin() + static_cast<std::ptrdiff_t>(used_));
      used_ += more.size();
    }
  }
  void decimal(std::uint64_t value) noexcept {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    text({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  /// Most significant byte first.
  void big_endian16(std::uint16_t value) noexcept {
    const std::array<std::uint8_t, 2> both{static_cast<std::uint8_t>(value >> 8),
                                           static_cast<std::uint8_t>(value & 0xff)};
    bytes(both);
  }

  [[nodiscard]] std::size_t size() const noexcept { return fits_ ? used_ : 0; }

 private:
  byte_span to_;
  std::size_t used_ = 0;
  bool fits_ = true;
};

[[nodiscard]] inline std::uint16_t load_big_endian16(const std::uint8_t* from) noexcept {
  return static_cast<std::uint16_t>(from[0] << 8 | from[1]);
}

}  // namespace repute::bench
