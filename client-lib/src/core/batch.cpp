// SPDX-License-Identifier: Apache-2.0
#include "core/batch.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

#include "repute/schema/bytes.hpp"
#include "repute/schema/message.hpp"
#include "repute/schema/wire.hpp"

namespace repute::core {
namespace {

std::uint64_t mixed(std::uint64_t value) noexcept {  // the finaliser of MurmurHash3
  value ^= value >> 33;
  value *= 0xff51afd7ed558ccdU;
  value ^= value >> 33;
  value *= 0xc4ceb9fe1a85ec53U;
  return value ^ (value >> 33);
}

}  // namespace

std::uint64_t hash_key(const key& k, std::uint64_t seed) noexcept {
  const byte_view bytes = k.bytes();
  std::uint64_t hash =
      mixed(seed ^ (static_cast<std::uint64_t>(k.kind()) << 8 | std::uint64_t{bytes.size()}));
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    hash = mixed(hash ^ load_le<std::uint64_t>(bytes.data() + at));
  }
  std::uint64_t rest = 0;
  for (; at < bytes.size(); ++at) {
    rest = rest << 8 | bytes[at];
  }
  return mixed(hash ^ rest);
}

unique_keys deduplicate(std::span<const key> keys, std::uint64_t seed) {
  constexpr std::uint32_t none = UINT32_MAX;
  unique_keys result;
  result.keys.reserve(keys.size());
  result.position.reserve(keys.size());
  // Open addressing over positions, at most half full.
  std::vector<std::uint32_t> table(std::bit_ceil(2 * keys.size() + 1), none);
  for (const key& k : keys) {
    std::size_t at = hash_key(k, seed) & (table.size() - 1);
    while (table[at] != none && result.keys[table[at]] != k) {
      at = (at + 1) & (table.size() - 1);
    }
    if (table[at] == none) {
      table[at] = static_cast<std::uint32_t>(result.keys.size());
      result.keys.push_back(k);
    }
    result.position.push_back(table[at]);
  }
  return result;
}

std::size_t datagram_share(std::span<const key> keys) noexcept {
  std::size_t count = 0;
  std::size_t signatures = 0;
  while (count < std::min(keys.size(), wire::keys_max)) {
    signatures += keys[count].kind() == kind::text_sig ? 1u : 0u;
    if (signatures > wire::text_signatures_max || !wire::request_size(keys.first(count + 1))) {
      break;
    }
    ++count;
  }
  assert(keys.empty() || count > 0);
  return count;
}

}  // namespace repute::core
