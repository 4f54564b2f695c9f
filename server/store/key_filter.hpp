// SPDX-License-Identifier: Apache-2.0
// Tells that a canonical form was never seen, from a few bits: a blocked Bloom filter.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "repute/schema/kind.hpp"

namespace repute::store {

/// Hash of a canonical form: XXH3 with the kind as its seed.
[[nodiscard]] std::uint64_t hash_of(kind kind, std::string_view canonical) noexcept;

/// A set of hashes that says "perhaps" for 1 in 80 at most that are not in it; one cache line a
/// question (Putze, Sanders and Singler 2007, one 64-bit word a key). Thread-safe once filled.
class key_filter {
 public:
  key_filter() = default;
  explicit key_filter(std::span<const std::vector<std::uint64_t>> hashes);

  [[nodiscard]] bool may_hold(std::uint64_t hash) const noexcept {
    const std::uint64_t bits = bits_of(hash);
    return (words_[hash >> shift_] & bits) == bits;
  }

  /// Begins to fetch what may_hold() will read.
  void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(&words_[hash >> shift_]); }

 private:
  // Five bits of a word, from the 30 low bits of the hash; the word's number is in the high ones.
  [[nodiscard]] static std::uint64_t bits_of(std::uint64_t hash) noexcept {
    std::uint64_t bits = 0;
    for (unsigned shift = 0; shift < 30; shift += 6) {
      bits |= std::uint64_t{1} << ((hash >> shift) & 63);
    }
    return bits;
  }

  std::vector<std::uint64_t> words_ = std::vector<std::uint64_t>(2);
  unsigned shift_ = 63;
};

}  // namespace repute::store
