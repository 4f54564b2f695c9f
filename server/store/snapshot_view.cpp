// SPDX-License-Identifier: Apache-2.0
#include "store/snapshot_view.hpp"

#include <algorithm>
#include <cassert>

namespace repute::store {
namespace {

// Lines in flight: enough to cover memory latency, few enough for the core's line-fill buffers.
constexpr std::size_t prefetch_ahead = 24;
constexpr std::uint64_t seconds_per_hour = 3600;

}  // namespace

probe snapshot_view::make_probe(kind kind, const std::uint8_t* bytes) const noexcept {
  if (is_ip(kind)) {
    return {table_key_of_address(kind, {bytes, key_size(kind)}, info.ip_seed), bytes, kind};
  }
  return {table_key_of(bytes), nullptr, kind};
}

void snapshot_view::lookup(std::span<const probe> probes, std::uint64_t now_unix_s,
                           std::span<answer> out) const noexcept {
  assert(probes.size() == out.size());
  const std::size_t ahead = table.lines() == 0 ? 0 : std::min(prefetch_ahead, probes.size());
  for (std::size_t i = 0; i < ahead; ++i) {
    table.prefetch(probes[i].key);
  }
  for (std::size_t i = 0; i < probes.size(); ++i) {
    if (ahead != 0 && i + ahead < probes.size()) {
      table.prefetch(probes[i + ahead].key);
    }
    const probe& wanted = probes[i];
    out[i] = resolve(find(wanted), wanted.kind, now_unix_s);
  }
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
