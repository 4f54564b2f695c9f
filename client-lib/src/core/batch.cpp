// SPDX-License-Identifier: Apache-2.0
#include "core/batch.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <boost/container/small_vector.hpp>
#include <utility>

#include "repute/schema/bytes.hpp"
#include "repute/schema/message.hpp"
#include "repute/schema/wire.hpp"

namespace repute::core {
namespace {

// Both halves of a product, as in wyhash: each bit of either factor changes the result.
std::uint64_t folded(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using wide = unsigned __int128;
  const wide product = static_cast<wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::size_t text_signatures_in(std::span<const key> keys) noexcept {
  return static_cast<std::size_t>(
      std::ranges::count(keys, kind::text_sig, [](const key& k) { return k.kind(); }));
}

}  // namespace

std::uint64_t hash_key(const key& k, std::uint64_t seed) noexcept {
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15U;
  const byte_view bytes = k.bytes();
  const std::uint64_t what = static_cast<std::uint64_t>(k.kind()) << 8 | bytes.size();
  std::uint64_t hash = folded(seed ^ odd, what ^ seed);
  for (std::size_t at = 0; at < bytes.size(); at += 16) {
    std::array<std::uint8_t, 16> pair{};
    std::copy_n(bytes.data() + at, std::min(bytes.size() - at, pair.size()), pair.begin());
    hash = folded(load_le<std::uint64_t>(pair.data()) ^ hash,
                  load_le<std::uint64_t>(pair.data() + 8) ^ seed ^ odd);
  }
  return hash;
}

unique_keys deduplicate(std::vector<key> keys, std::uint64_t seed) {
  constexpr std::uint32_t none = UINT32_MAX;
  unique_keys result;
  result.position.reserve(keys.size());
  // Open addressing over positions, at most half full.
  boost::container::small_vector<std::uint32_t, 128> table(std::bit_ceil(2 * keys.size() + 1),
                                                           none);
  std::uint32_t kept = 0;
  for (const key& k : keys) {
    std::size_t at = hash_key(k, seed) & (table.size() - 1);
    while (table[at] != none && keys[table[at]] != k) {
      at = (at + 1) & (table.size() - 1);
    }
    if (table[at] == none) {
      if (&k != &keys[kept]) {
        keys[kept] = k;
      }
      table[at] = kept++;
    }
    result.position.push_back(table[at]);
  }
  keys.resize(kept);
  result.keys = std::move(keys);
  return result;
}

std::size_t datagram_share(std::span<const key> keys) noexcept {
  std::size_t count = std::min(keys.size(), wire::keys_max);
  while (count > 1 && (text_signatures_in(keys.first(count)) > wire::text_signatures_max ||
                       !wire::request_size(keys.first(count)))) {
    --count;
  }
  return count;
}

}  // namespace repute::core
