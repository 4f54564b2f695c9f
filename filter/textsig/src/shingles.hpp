// SPDX-License-Identifier: Apache-2.0
// From tokens to shingles; section 3 of schema/text_signature.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "repute/textsig/common_shingles.hpp"
#include "siphash.hpp"

namespace repute::textsig {

inline constexpr std::size_t tokens_min = 8;
inline constexpr std::size_t tokens_max = 4096;
inline constexpr std::size_t shingles_min = 16;
inline constexpr std::size_t shingles_max = 4096;
inline constexpr std::size_t window = 64;  // tokens of head and tail

/// Finaliser of splitmix64: a permutation whose every bit of output depends on every bit of input.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

/// A word of a text.
struct token {
  std::uint64_t hash;
  bool placeholder;  ///< stands for any address, link or number
};

/// The first tokens_max of a text in the form of TEXT_EXACT.
[[nodiscard]] std::vector<token> tokens_of(std::string_view text, const siphash_key& key);

/// Distinct shingles, shingles_max at most, in any order.
[[nodiscard]] std::vector<shingle> shingles_of(const std::vector<token>& text, std::size_t from,
                                               std::size_t to);

}  // namespace repute::textsig
