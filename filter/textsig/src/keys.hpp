// SPDX-License-Identifier: Apache-2.0
// Keys of signatures; section 2 of schema/text_signature.md.
#pragma once

#include <array>
#include <cstdint>

#include "repute/schema/text_signature.hpp"
#include "repute/seal/fingerprint.hpp"
#include "siphash.hpp"

namespace repute::textsig {

inline constexpr std::size_t rows = 2;  // minima of a band
inline constexpr std::size_t row_count = rows * text_signature::band_count;

/// All that depends on the salt of a deployment.
struct signing_keys {
  siphash_key token;
  // Permutations (x ^ s) * m of 32 bits; m is odd.
  std::array<std::uint32_t, row_count> s;
  std::array<std::uint32_t, row_count> m;

  explicit signing_keys(const seal::deployment_salt& salt) {
    constexpr std::size_t row_bytes = 8;
    std::array<std::uint8_t, sizeof(siphash_key) + row_bytes * row_count> bytes;
    seal::derive(salt, "repute text signature 1", bytes);
    token = {load_le<std::uint64_t>(bytes.data()), load_le<std::uint64_t>(bytes.data() + 8)};
    for (std::size_t k = 0; k < row_count; ++k) {
      const std::uint8_t* const row = bytes.data() + sizeof(siphash_key) + row_bytes * k;
      s[k] = load_le<std::uint32_t>(row);
      m[k] = load_le<std::uint32_t>(row + 4) | 1;
    }
  }
};

}  // namespace repute::textsig
