// SPDX-License-Identifier: Apache-2.0
// What the packet path sees of a snapshot: tables in memory, nothing of LMDB.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "repute/schema/key.hpp"
#include "repute/schema/verdict.hpp"
#include "store/exact_table.hpp"
#include "store/prefix_table.hpp"

namespace repute::store {

/// Verdict of a row, as stored: 16 bytes. Entry 0 of a dictionary means "no row".
struct dictionary_entry {
  std::array<std::uint8_t, answer_size> answer{};  ///< encode_answer(); ttl_s is the cache TTL
  std::uint32_t expires_h = 0;  ///< hours since 1970 at which `next` takes over, 0 = never
  std::uint32_t next = 0;  ///< the entry in force afterwards, smaller than this index, 0 = none

  bool operator==(const dictionary_entry&) const = default;
};
static_assert(sizeof(dictionary_entry) == 16 && alignof(dictionary_entry) == 4);

/// Facts about a snapshot that answers and tools show.
struct snapshot_info {
  std::uint32_t generation = 0;
  std::uint32_t data_epoch = 0;
  std::uint64_t data_seq = 0;    ///< base_seq of the page
  std::uint64_t overlay_id = 0;  ///< whose changes data_seq numbers; 0 with data_seq 0
  std::array<std::uint8_t, 2> salt_fp{};
  std::uint64_t ip_seed = 0;
  std::uint64_t created_unix_s = 0;
  std::uint64_t keys = 0;      ///< keys in the exact table
  std::uint64_t prefixes = 0;  ///< elementary ranges with a verdict, both families
  std::uint64_t records = 0;   ///< rows of feeds

  /// Up to which change of an overlay the snapshot knows; 0 of one that it was not built beside.
  [[nodiscard]] std::uint64_t base_seq_of(std::uint64_t overlay) const noexcept {
    return overlay == overlay_id ? data_seq : 0;
  }
};

inline constexpr std::uint16_t negative_ttl_ip_s = 60;
inline constexpr std::uint16_t negative_ttl_s = 5;

/// One key ready to be looked up.
struct probe {
  table_key key;
  const std::uint8_t* address =
      nullptr;  ///< raw address for IP4 and IP6, which stays valid; else null
  repute::kind kind = kind::host;
};

/// Immutable, thread-safe, lock-free. Valid as long as the snapshot that gave it.
struct snapshot_view {
  snapshot_info info;
  exact_table table;
  prefix4_table prefix4;
  prefix6_table prefix6;
  std::span<const dictionary_entry> dictionary;
  byte_view server_list;  ///< the signed document that FETCH asks for; empty: none
  std::uint32_t server_list_version = 0;

  /// Probe of a well-formed key of any kind but TEXT_SIG. `bytes` must outlive the probe.
  [[nodiscard]] probe make_probe(kind kind, const std::uint8_t* bytes) const noexcept;

  void prefetch(const probe& wanted) const noexcept {
    if (table.lines() != 0) {
      table.prefetch(wanted.key);
    }
  }
  /// Dictionary index of a key: the exact table, then for addresses the networks. 0 for no row.
  [[nodiscard]] std::uint32_t find(const probe& wanted) const noexcept {
    const std::uint32_t index = table.find(wanted.key);
    return index != 0 ? index : find_network(wanted);
  }
  /// Of the longest network around an address; 0 for none, and for kinds other than addresses.
  [[nodiscard]] std::uint32_t find_network(const probe& wanted) const noexcept {
    if (wanted.address == nullptr) {
      return 0;
    }
    return wanted.kind == kind::ip4 ? prefix4.find(load_address4(wanted.address))
                                    : prefix6.find(load_address6(wanted.address));
  }

  /// Answers out[i] for probes[i]; both have the same size, any number. Lines are prefetched ahead
  /// over the whole batch. A single address has its resolved verdict in the exact table; other
  /// addresses go on to the longest prefix. `now_unix_s` decides expiry, on hits only.
  void lookup(std::span<const probe> probes, std::uint64_t now_unix_s,
              std::span<answer> out) const noexcept;

  /// True if feeds list any address of a network, by itself or as a part of another one, but for
  /// rows of single addresses. `wanted` is its first address. Not for the packet path.
  [[nodiscard]] bool lists_in_network(const probe& wanted, std::uint8_t prefix_length,
                                      std::uint64_t now_unix_s) const;

  /// The answer of a dictionary index at a time. Index 0 and indices beyond the dictionary are
  /// "not listed" with the negative TTL of the kind: 60 s for addresses, 5 s for all others.
  [[nodiscard]] answer resolve(std::uint32_t index, kind kind,
                               std::uint64_t now_unix_s) const noexcept {
    return index == 0 ? nothing_known(kind) : resolve_row(index, kind, now_unix_s);
  }

 private:
  void find_networks(std::span<const probe> probes, std::span<std::uint32_t> found) const noexcept;
  [[nodiscard]] static answer nothing_known(repute::kind kind) noexcept {
    answer none;
    none.ttl_s = is_ip(kind) ? negative_ttl_ip_s : negative_ttl_s;
    return none;
  }
  [[nodiscard]] answer resolve_row(std::uint32_t index, kind kind,
                                   std::uint64_t now_unix_s) const noexcept;
};

}  // namespace repute::store
