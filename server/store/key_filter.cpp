// SPDX-License-Identifier: Apache-2.0
#include "store/key_filter.hpp"

#include <bit>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace repute::store {

std::uint64_t hash_of(kind kind, std::string_view canonical) noexcept {
  return XXH3_64bits_withSeed(canonical.data(), canonical.size(), static_cast<XXH64_hash_t>(kind));
}

key_filter::key_filter(std::span<const std::vector<std::uint64_t>> hashes) {
  std::size_t keys = 0;
  for (const auto& some : hashes) {
    keys += some.size();
  }
  // 11 to 22 bits a key.
  const auto word_bits = static_cast<unsigned>(std::bit_width(keys / 6 + 1));
  words_.assign(std::size_t{1} << word_bits, 0);
  shift_ = 64 - word_bits;
  for (const auto& some : hashes) {
    for (const std::uint64_t hash : some) {
      words_[hash >> shift_] |= bits_of(hash);
    }
  }
}

}  // namespace repute::store
