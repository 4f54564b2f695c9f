// SPDX-License-Identifier: Apache-2.0
#include "store/meta.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/byte_cursor.hpp"

namespace repute::store {
namespace {

constexpr std::string_view magic = "REPUTEDB";
constexpr std::uint32_t range_bits_max = 24;

}  // namespace

std::string part_table(std::size_t shard) {
  return fmt::format("table.{:04}", shard);
}

std::vector<std::uint8_t> encode_meta(const snapshot_meta& meta) {
  byte_writer out;
  out.raw(magic);
  out.number(format_version);
  out.number(meta.canon_version);
  out.number(meta.info.generation);
  out.number(meta.info.data_epoch);
  out.number(meta.info.data_seq);
  out.number(meta.info.created_unix_s);
  out.number(meta.info.ip_seed);
  out.raw(byte_view(meta.info.salt_fp));
  out.number(std::uint16_t{0});
  out.number(static_cast<std::uint32_t>(meta.layout));
  out.number(meta.lines);
  out.number(meta.info.keys);
  out.number(meta.info.records);
  out.number(meta.info.prefixes);
  out.number(meta.dictionary_size);
  out.number(meta.range4_bits);
  out.number(meta.range4_count);
  out.number(meta.range6_count);
  out.number(meta.range6_bits);
  out.number(meta.info.overlay_id);
  out.raw(byte_view(meta.content_digest));
  for (const std::uint64_t count : meta.keys_by_kind) {
    out.number(count);
  }
  return std::move(out.bytes());
}

meta_error decode_meta(byte_view payload, snapshot_meta& out) {
  byte_reader in(payload);
  const byte_view head = in.take(magic.size());
  if (!in.ok() || !std::equal(head.begin(), head.end(), magic.begin())) {
    return meta_error::not_a_snapshot;
  }
  if (in.number<std::uint32_t>() != format_version) {
    return meta_error::wrong_version;
  }
  out.canon_version = in.number<std::uint32_t>();
  out.info.generation = in.number<std::uint32_t>();
  out.info.data_epoch = in.number<std::uint32_t>();
  out.info.data_seq = in.number<std::uint64_t>();
  out.info.created_unix_s = in.number<std::uint64_t>();
  out.info.ip_seed = in.number<std::uint64_t>();
  const byte_view salt_fp = in.take(out.info.salt_fp.size());
  std::copy(salt_fp.begin(), salt_fp.end(), out.info.salt_fp.begin());
  (void)in.number<std::uint16_t>();
  const auto layout = in.number<std::uint32_t>();
  out.lines = in.number<std::uint64_t>();
  out.info.keys = in.number<std::uint64_t>();
  out.info.records = in.number<std::uint64_t>();
  out.info.prefixes = in.number<std::uint64_t>();
  out.dictionary_size = in.number<std::uint32_t>();
  out.range4_bits = in.number<std::uint32_t>();
  out.range4_count = in.number<std::uint32_t>();
  out.range6_count = in.number<std::uint32_t>();
  out.range6_bits = in.number<std::uint32_t>();
  out.info.overlay_id = in.number<std::uint64_t>();
  const byte_view digest = in.take(out.content_digest.size());
  std::copy(digest.begin(), digest.end(), out.content_digest.begin());
  for (std::uint64_t& count : out.keys_by_kind) {
    count = in.number<std::uint64_t>();
  }
  const bool known_layout = layout == static_cast<std::uint32_t>(table_layout::six_slots_16) ||
                            layout == static_cast<std::uint32_t>(table_layout::five_slots_32);
  if (!in.ok() || !known_layout || out.info.generation == 0 || out.lines < 2 ||
      out.lines > shards_max * lines_per_shard || out.dictionary_size == 0 ||
      out.range4_bits > range_bits_max || out.range4_count == 0 || out.range6_count == 0 ||
      out.range6_bits > range_bits_max) {
    return meta_error::broken;
  }
  out.layout = static_cast<table_layout>(layout);
  return meta_error::none;
}

std::vector<std::uint8_t> encode_feeds(const std::vector<feed_info>& feeds) {
  byte_writer out;
  out.number(static_cast<std::uint16_t>(feeds.size()));
  for (const feed_info& feed : feeds) {
    out.text(feed.name);
    out.number(feed.loaded_unix_s);
    out.number(feed.rows);
    out.number(static_cast<std::uint16_t>(feed.files.size()));
    for (const std::string& file : feed.files) {
      out.text(file);
    }
  }
  return std::move(out.bytes());
}

std::optional<std::vector<feed_info>> decode_feeds(byte_view payload) {
  byte_reader in(payload);
  std::vector<feed_info> feeds;
  for (std::size_t left = in.number<std::uint16_t>(); left != 0 && in.ok(); --left) {
    feed_info& feed = feeds.emplace_back();
    feed.name = in.text();
    feed.loaded_unix_s = in.number<std::uint64_t>();
    feed.rows = in.number<std::uint64_t>();
    for (std::size_t files = in.number<std::uint16_t>(); files != 0 && in.ok(); --files) {
      feed.files.emplace_back(in.text());
    }
  }
  if (!in.ok()) {
    return std::nullopt;
  }
  return feeds;
}

std::vector<std::uint8_t> encode_sources(const std::vector<std::vector<std::uint16_t>>& sources) {
  byte_writer out;
  out.number(static_cast<std::uint32_t>(sources.size()));
  std::uint32_t at = 0;
  for (const auto& feeds :
       sources) {  // ends of the lists first, so that one list is found directly
    at += static_cast<std::uint32_t>(feeds.size());
    out.number(at);
  }
  for (const auto& feeds : sources) {
    for (const std::uint16_t feed : feeds) {
      out.number(feed);
    }
  }
  return std::move(out.bytes());
}

std::optional<std::vector<std::uint16_t>> decode_source(byte_view payload, std::uint32_t index) {
  byte_reader head(payload);
  const auto count = head.number<std::uint32_t>();
  if (!head.ok() || index >= count || payload.size() < 4 + std::size_t{count} * 4) {
    return std::nullopt;
  }
  const auto end_of = [&](std::uint32_t i) { return load_le<std::uint32_t>(&payload[4 + i * 4]); };
  const std::size_t begin = index == 0 ? 0 : end_of(index - 1);
  const std::size_t end = end_of(index);
  const byte_view lists = payload.subspan(4 + std::size_t{count} * 4);
  if (begin > end || end > lists.size() / 2) {
    return std::nullopt;
  }
  std::vector<std::uint16_t> feeds;
  for (std::size_t i = begin; i < end; ++i) {
    feeds.push_back(load_le<std::uint16_t>(&lists[i * 2]));
  }
  return feeds;
}

}  // namespace repute::store
