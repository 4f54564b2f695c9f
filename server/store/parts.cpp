// SPDX-License-Identifier: Apache-2.0
#include "store/parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "repute/seal/server_list.hpp"
#include "store/byte_cursor.hpp"

namespace repute::store {
namespace {

failure corrupt(const std::filesystem::path& path, std::string_view what) {
  return {store_error::corrupt, fmt::format("{}: {}", path.string(), what)};
}

// `count` values at `at`, or an empty span if the payload is too short or misaligned.
template <class T>
std::span<const T> array_at(byte_view payload, std::size_t at, std::size_t count) {
  if (at > payload.size() || count > (payload.size() - at) / sizeof(T) ||
      reinterpret_cast<std::uintptr_t>(payload.data() + at) % alignof(T) != 0) {
    return {};
  }
  return {reinterpret_cast<const T*>(payload.data() + at), count};
}

bool set_table(const snapshot_meta& meta, const part_source& parts, snapshot_view& view) {
  std::vector<const std::uint8_t*> shards;
  std::uint64_t left = meta.lines;
  for (std::size_t i = 0; i < meta.shards(); ++i) {
    const std::uint64_t lines = std::min(left, lines_per_shard);
    const byte_view payload = payload_of(parts(part_table(i)));
    if (payload.size() / line_size < lines ||
        reinterpret_cast<std::uintptr_t>(payload.data()) % line_size != 0) {
      return false;
    }
    shards.push_back(payload.data());
    left -= lines;
  }
  view.table = exact_table(shards, meta.lines, meta.layout);
  return true;
}

// Lines at the beginning of a payload, their index at `index_at`. Nothing if it is too short or the
// index, by which the packet path reads unchecked, leads outside.
template <class Ranges>
std::optional<Ranges> range_lines_of(byte_view payload, std::size_t count, std::uint32_t bits,
                                     std::size_t index_at) {
  const auto lines = array_at<typename Ranges::line>(payload, 0, Ranges::lines_for(count));
  const auto index =
      array_at<std::uint32_t>(payload, index_at, (std::size_t{1} << bits) + std::size_t{1});
  if (lines.empty() || index.empty() || lines[0].starts[0] != 0 || !std::ranges::is_sorted(index) ||
      index.back() >= lines.size()) {
    return std::nullopt;
  }
  return Ranges(lines, index, bits, count);
}

bool set_prefix4(const snapshot_meta& meta, byte_view payload, snapshot_view& view) {
  using ranges = prefix4_table::ranges_type;
  const std::size_t lines = ranges::lines_for(meta.range4_count);
  const auto found = range_lines_of<ranges>(payload, meta.range4_count, meta.range4_bits,
                                            lines * sizeof(ranges::line));
  if (found) {
    view.prefix4 = prefix4_table(*found);
  }
  return found.has_value();
}

bool set_prefix6(const snapshot_meta& meta, byte_view payload, snapshot_view& view) {
  using ranges = prefix6_table::ranges_type;
  const std::size_t low_at = ranges::lines_for(meta.range6_count) * sizeof(ranges::line);
  const auto low = array_at<std::uint64_t>(payload, low_at, meta.range6_count);
  const auto found = range_lines_of<ranges>(payload, meta.range6_count, meta.range6_bits,
                                            low_at + low.size_bytes());
  if (low.empty() || low[0] != 0 || !found) {
    return false;
  }
  view.prefix6 = prefix6_table(*found, low);
  return true;
}

// The document itself is for clients to check; here it only has to be one, so that its version can
// be told.
bool set_servers(byte_view payload, snapshot_view& view) {
  if (payload.empty()) {
    return true;
  }
  byte_reader in(payload);
  const byte_view document = in.take(in.number<std::uint32_t>());
  std::string problem;
  const auto list = seal::decode_server_list(
      {reinterpret_cast<const char*>(document.data()), document.size()}, problem);
  if (!in.ok() || !list) {
    return false;
  }
  view.server_list = document;
  view.server_list_version = list->list.version;
  return true;
}

}  // namespace

byte_view payload_of(byte_view part) noexcept {
  return part.size() < payload_offset ? byte_view() : part.subspan(payload_offset);
}

result<snapshot_view> make_view(const snapshot_meta& meta, const part_source& parts,
                                const std::filesystem::path& path) {
  snapshot_view view;
  view.info = meta.info;
  if (!set_table(meta, parts, view)) {
    return corrupt(path, "the exact table is too short or misaligned");
  }
  if (!set_prefix4(meta, payload_of(parts(part_prefix4)), view) ||
      !set_prefix6(meta, payload_of(parts(part_prefix6)), view)) {
    return corrupt(path, "a prefix table is too short or broken");
  }
  if (!set_servers(payload_of(parts(part_servers)), view)) {
    return corrupt(path, "its list of servers is broken");
  }
  view.dictionary =
      array_at<dictionary_entry>(payload_of(parts(part_dictionary)), 0, meta.dictionary_size);
  if (view.dictionary.empty()) {
    return corrupt(path, "the verdict dictionary is too short");
  }
  return view;
}

result<snapshot_meta> read_meta(const part_source& parts, std::uint32_t generation,
                                const std::filesystem::path& path) {
  snapshot_meta meta;
  switch (decode_meta(payload_of(parts(part_meta)), meta)) {
    case meta_error::not_a_snapshot:
      return corrupt(path, "not a repute snapshot");
    case meta_error::wrong_version:
      return failure{store_error::wrong_version, fmt::format("{}: another format version than {}",
                                                             path.string(), format_version)};
    case meta_error::broken:
      return corrupt(path, "its meta part is broken");
    case meta_error::none:
      break;
  }
  if (generation != 0 && meta.info.generation != generation) {
    return corrupt(path, fmt::format("holds generation {} under the name of {}",
                                     meta.info.generation, generation));
  }
  return meta;
}

}  // namespace repute::store
