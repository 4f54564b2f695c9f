// SPDX-License-Identifier: Apache-2.0
// Parts of a snapshot file and their small encodings; the page is schema/record_format.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "repute/schema/bytes.hpp"
#include "store/exact_table.hpp"
#include "store/record.hpp"
#include "store/snapshot_view.hpp"

namespace repute::store {

inline constexpr std::uint32_t format_version = 3;

/// Names of the parts: keys of the unnamed LMDB database.
inline constexpr std::string_view part_meta = "meta";
inline constexpr std::string_view part_feeds = "feeds";
inline constexpr std::string_view part_dictionary = "dictionary";
inline constexpr std::string_view part_sources = "sources";
inline constexpr std::string_view part_prefix4 = "prefix4";
inline constexpr std::string_view part_prefix6 = "prefix6";
inline constexpr std::string_view part_live = "live";
inline constexpr std::string_view part_servers = "servers";
inline constexpr const char* record_database = "record";
/// `table.0000`, `table.0001`, ...
[[nodiscard]] std::string part_table(std::size_t shard);

/// LMDB gives a value of its own pages only if it is large, and such a value begins 16 bytes into a
/// page. So every part is at least a page long, and its payload begins 48 bytes in: on a cache
/// line.
inline constexpr std::size_t part_size_min = 4096;
inline constexpr std::size_t payload_offset = 48;
inline constexpr std::size_t lmdb_page_header = 16;
inline constexpr std::size_t part_size_max = std::size_t{1} << 30;

/// Everything about a snapshot that is not bulk.
struct snapshot_meta {
  snapshot_info info;
  std::uint32_t canon_version = 0;
  table_layout layout = table_layout::six_slots_16;
  std::uint64_t lines = 0;
  std::uint32_t dictionary_size = 0;
  std::uint32_t range4_bits = 0;
  std::uint32_t range4_count = 0;
  std::uint32_t range6_count = 0;
  std::uint32_t range6_bits = 0;
  std::array<std::uint64_t, 256> keys_by_kind{};
  std::array<std::uint8_t, 32> content_digest{};

  [[nodiscard]] std::size_t shards() const noexcept {
    return static_cast<std::size_t>((lines + lines_per_shard - 1) / lines_per_shard);
  }
};

enum class meta_error { none, not_a_snapshot, wrong_version, broken };

/// Payload of the part `meta`.
[[nodiscard]] std::vector<std::uint8_t> encode_meta(const snapshot_meta& meta);
/// Pure; reads at most `payload.size()` bytes; checks every count against its bound.
[[nodiscard]] meta_error decode_meta(byte_view payload, snapshot_meta& out);

/// Payload of the part `feeds`.
[[nodiscard]] std::vector<std::uint8_t> encode_feeds(const std::vector<feed_info>& feeds);
/// Nothing if the payload breaks the format; trailing zero padding is allowed.
[[nodiscard]] std::optional<std::vector<feed_info>> decode_feeds(byte_view payload);

/// Payload of the part `sources`: for each dictionary entry the feeds that it came from.
[[nodiscard]] std::vector<std::uint8_t> encode_sources(
    const std::vector<std::vector<std::uint16_t>>& sources);
/// Feeds of one dictionary entry; nothing if there is no such entry or the payload is broken.
[[nodiscard]] std::optional<std::vector<std::uint16_t>> decode_source(byte_view payload,
                                                                      std::uint32_t index);

}  // namespace repute::store
