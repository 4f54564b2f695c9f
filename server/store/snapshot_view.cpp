// SPDX-License-Identifier: Apache-2.0
#include "store/snapshot_view.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace repute::store {
namespace {

// Keys of one pass. Their scratch memory is 12 KiB of stack, which stays in the fastest cache.
constexpr std::size_t chunk_size = 256;
constexpr std::uint64_t seconds_per_hour = 3600;

}  // namespace

probe snapshot_view::make_probe(kind kind, const std::uint8_t* bytes) const noexcept {
  if (is_ip(kind)) {
    return {table_key_of_address(kind, {bytes, key_size(kind)}, info.ip_seed), bytes, kind};
  }
  return {table_key_of(bytes), nullptr, kind};
}

// In passes over a chunk of keys, so that what one pass waits for is fetched for all of them side
// by side: the exact table, then the networks around addresses that it does not have.
void snapshot_view::lookup(std::span<const probe> probes, std::uint64_t now_unix_s,
                           std::span<answer> out) const noexcept {
  assert(probes.size() == out.size());
  std::array<table_key, chunk_size> keys;
  std::array<std::uint32_t, chunk_size> found;
  for (std::size_t begin = 0; begin < probes.size(); begin += chunk_size) {
    const auto chunk = probes.subspan(begin, std::min(chunk_size, probes.size() - begin));
    for (std::size_t i = 0; i < chunk.size(); ++i) {
      keys[i] = chunk[i].key;
    }
    table.find(std::span<const table_key>(keys).first(chunk.size()),
               std::span(found).first(chunk.size()));
    find_networks(chunk, std::span(found).first(chunk.size()));
    for (std::size_t i = 0; i < chunk.size(); ++i) {
      out[begin + i] = resolve(found[i], chunk[i].kind, now_unix_s);
    }
  }
}

// Fills in the networks of addresses that have no row of their own.
void snapshot_view::find_networks(std::span<const probe> probes,
                                  std::span<std::uint32_t> found) const noexcept {
  assert(probes.size() <= chunk_size);
  std::array<std::uint32_t, chunk_size> addresses4;
  std::array<address6, chunk_size> addresses6;
  std::array<std::uint16_t, chunk_size> place4;
  std::array<std::uint16_t, chunk_size> place6;
  std::size_t count4 = 0;
  std::size_t count6 = 0;
  for (std::size_t i = 0; i < probes.size(); ++i) {
    if (found[i] != 0 || probes[i].address == nullptr) {
      continue;
    }
    if (probes[i].kind == kind::ip4) {
      addresses4[count4] = load_address4(probes[i].address);
      place4[count4++] = static_cast<std::uint16_t>(i);
    } else {
      addresses6[count6] = load_address6(probes[i].address);
      place6[count6++] = static_cast<std::uint16_t>(i);
    }
  }
  std::array<std::uint32_t, chunk_size> values;
  prefix4.find(std::span(addresses4).first(count4), std::span(values).first(count4));
  for (std::size_t i = 0; i < count4; ++i) {
    found[place4[i]] = values[i];
  }
  prefix6.find(std::span(addresses6).first(count6), std::span(values).first(count6));
  for (std::size_t i = 0; i < count6; ++i) {
    found[place6[i]] = values[i];
  }
}

bool snapshot_view::lists_in_network(const probe& wanted, std::uint8_t prefix_length,
                                     std::uint64_t now_unix_s) const {
  const auto listed = [&](std::uint32_t index) {
    return resolve(index, wanted.kind, now_unix_s).status == status::listed;
  };
  // Bits of the host: a shift by the whole width of a word would be undefined.
  const auto host_bits = [](std::uint8_t of_word, std::uint8_t length) {
    return length >= of_word ? std::uint64_t{0} : ~std::uint64_t{0} >> (64 - of_word + length);
  };
  if (wanted.kind == kind::ip4) {
    const std::uint32_t first = load_address4(wanted.address);
    const auto hosts = static_cast<std::uint32_t>(host_bits(32, prefix_length));
    return any_value(prefix4, first, first | hosts, listed);
  }
  const address6 first = load_address6(wanted.address);
  const std::uint8_t low_length = prefix_length > 64 ? prefix_length - 64 : 0;
  const address6 last{first.high | host_bits(64, prefix_length),
                      first.low | host_bits(64, low_length)};
  return any_value(prefix6, first, last, listed);
}

answer snapshot_view::resolve_row(std::uint32_t index, kind kind,
                                  std::uint64_t now_unix_s) const noexcept {
  const std::uint64_t now_h = now_unix_s / seconds_per_hour;
  // `next` is smaller than the entry that names it, so the walk ends even over damaged bytes.
  while (index != 0 && index < dictionary.size()) {
    const dictionary_entry& entry = dictionary[index];
    if (entry.expires_h == 0 || now_h < entry.expires_h) {
      answer found = decode_answer(entry.answer.data());
      if (entry.expires_h != 0) {
        const std::uint64_t left_s = entry.expires_h * seconds_per_hour - now_unix_s;
        found.ttl_s = static_cast<std::uint16_t>(std::min<std::uint64_t>(found.ttl_s, left_s));
      }
      return found;
    }
    index = entry.next < index ? entry.next : 0;
  }
  return nothing_known(kind);
}

}  // namespace repute::store
