// SPDX-License-Identifier: Apache-2.0
// Explicit little-endian loads and stores, by memcpy: no cast, no alignment assumption.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <span>

namespace repute {

using byte_view = std::span<const std::uint8_t>;
using byte_span = std::span<std::uint8_t>;

/// Reads an unsigned integer stored little-endian at `from`, which must have sizeof(T) bytes.
template <std::unsigned_integral T>
[[nodiscard]] inline T load_le(const std::uint8_t* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof value);
  static_assert(std::endian::native == std::endian::little, "add a byte swap for this machine");
  return value;
}

/// What == says, without the call of memcmp that it makes for each pair.
[[nodiscard]] inline bool same_bytes(const std::array<std::uint8_t, 16>& a,
                                     const std::array<std::uint8_t, 16>& b) noexcept {
  return load_le<std::uint64_t>(a.data()) == load_le<std::uint64_t>(b.data()) &&
         load_le<std::uint64_t>(a.data() + 8) == load_le<std::uint64_t>(b.data() + 8);
}

/// Stores an unsigned integer little-endian at `to`, which must have sizeof(T) bytes.
template <std::unsigned_integral T>
inline void store_le(std::uint8_t* to, T value) noexcept {
  std::memcpy(to, &value, sizeof value);
}

}  // namespace repute
