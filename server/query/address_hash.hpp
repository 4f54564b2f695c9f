// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "repute/schema/bytes.hpp"

namespace repute::query {

/// Scatters addresses (16 bytes as in endpoint) over 64 bits, all of which may be used. Without
/// knowing `seed` nobody can choose an address that meets another's place. One multiplication.
[[nodiscard]] inline std::uint64_t hash_address(const std::array<std::uint8_t, 16>& address,
                                                std::uint64_t seed) noexcept {
  // Both halves, hidden by the seed, multiplied, and the product folded, as in wyhash (public
  // domain). Its constants keep a small seed from making a small product.
  __extension__ using product = unsigned __int128;
  const std::uint64_t high = load_le<std::uint64_t>(address.data());
  const std::uint64_t low = load_le<std::uint64_t>(address.data() + 8);
  const product both = product{high ^ seed ^ 0x9e3779b97f4a7c15U} *
                       (low ^ std::rotl(seed, 32) ^ 0xff51afd7ed558ccdU);
  return static_cast<std::uint64_t>(both) ^ static_cast<std::uint64_t>(both >> 64);
}

}  // namespace repute::query
