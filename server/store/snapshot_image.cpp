// SPDX-License-Identifier: Apache-2.0
#include "store/snapshot_image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <new>

#include "repute/seal/digest.hpp"
#include "store/byte_cursor.hpp"
#include "store/dictionary_builder.hpp"
#include "store/record_block.hpp"

namespace repute::store {
namespace {

constexpr std::uint32_t range_bits_min = 4;
constexpr std::uint32_t range_bits_max = 20;  // 4 MiB of index, worth it from a million ranges on
constexpr std::size_t chunk_of_rows = std::size_t{1} << 20;

template <class Address>
struct flat_ranges {
  std::vector<Address> starts;
  std::vector<std::uint32_t> values;
};

// Dictionary indices in place of verdicts; equal neighbours merged; a range for the zero address.
template <class Address>
flat_ranges<Address> flatten(const std::vector<resolved_range<Address>>& ranges,
                             const std::vector<resolved_verdict>& verdicts,
                             dictionary_builder& dictionary) {
  flat_ranges<Address> flat{{Address{}}, {0}};
  for (const auto& range : ranges) {
    const std::uint32_t value =
        range.verdict == no_verdict ? 0 : dictionary.index_of(verdicts[range.verdict]);
    if (range.start == flat.starts.back()) {
      flat.values.back() = value;
    } else if (value != flat.values.back()) {
      assert(flat.starts.back() < range.start);
      flat.starts.push_back(range.start);
      flat.values.push_back(value);
    }
  }
  return flat;
}

std::vector<std::uint8_t> prefix4_payload(const flat_ranges<std::uint32_t>& flat,
                                          std::uint32_t bits) {
  byte_writer out;
  std::size_t range = 0;
  for (std::uint64_t slice = 0; slice <= std::uint64_t{1} << bits; ++slice) {
    const std::uint64_t first = slice << (32 - bits);
    while (range + 1 < flat.starts.size() && flat.starts[range + 1] <= first) {
      ++range;
    }
    out.number(static_cast<std::uint32_t>(range));
  }
  for (const std::uint32_t start : flat.starts) {
    out.number(start);
  }
  for (const std::uint32_t value : flat.values) {
    out.number(value);
  }
  return std::move(out.bytes());
}

std::vector<std::uint8_t> prefix6_payload(const flat_ranges<address6>& flat) {
  byte_writer out;
  for (const address6& start : flat.starts) {
    out.number(start.high);
  }
  for (const address6& start : flat.starts) {
    out.number(start.low);
  }
  for (const std::uint32_t value : flat.values) {
    out.number(value);
  }
  return std::move(out.bytes());
}

std::uint64_t listed_ranges(const std::vector<std::uint32_t>& values) {
  return static_cast<std::uint64_t>(
      std::count_if(values.begin(), values.end(), [](std::uint32_t v) { return v != 0; }));
}

std::vector<std::uint8_t> dictionary_payload(const std::vector<dictionary_entry>& entries) {
  byte_writer out;
  for (const dictionary_entry& entry : entries) {
    out.raw(byte_view(entry.answer));
    out.number(entry.expires_h);
    out.number(entry.next);
  }
  return std::move(out.bytes());
}

// The length in front: the part is padded with zeros.
std::vector<std::uint8_t> servers_payload(std::string_view document) {
  byte_writer out;
  out.number(static_cast<std::uint32_t>(document.size()));
  out.raw(document);
  return std::move(out.bytes());
}

// Tries ever larger tables until all keys have room; with the stated loads the first one does.
result<std::vector<aligned_bytes>> fill_table(const snapshot_content& content,
                                              const std::vector<std::uint32_t>& indices,
                                              snapshot_meta& meta,
                                              const progress_callback& progress) {
  constexpr std::size_t report_every = 1 << 18;
  for (meta.lines = lines_for(content.keys.size(), meta.layout);;
       meta.lines += meta.lines / 16 + 1) {
    if (meta.lines > shards_max * lines_per_shard) {
      return failure{store_error::bad_rows, "more keys than a snapshot can hold"};
    }
    std::vector<aligned_bytes> shards;
    std::vector<std::uint8_t*> pointers;
    for (std::uint64_t left = meta.lines; left != 0; left -= std::min(left, lines_per_shard)) {
      shards.emplace_back(static_cast<std::size_t>(std::min(left, lines_per_shard)) * line_size);
      pointers.push_back(shards.back().data());
    }
    table_builder table(pointers, meta.lines, meta.layout);
    auto outcome = table_builder::outcome::placed;
    for (std::size_t i = 0; i < indices.size() && outcome == table_builder::outcome::placed; ++i) {
      outcome = table.insert(content.keys[i].key, indices[i]);
      if (progress && i % report_every == 0) {
        progress("table", static_cast<double>(i) / static_cast<double>(indices.size()));
      }
    }
    if (outcome == table_builder::outcome::duplicate) {
      return failure{store_error::bad_rows,
                     "two keys have the same fingerprint; a key must come once"};
    }
    if (outcome == table_builder::outcome::placed) {
      return shards;
    }
  }
}

// What a load is about, whatever its order, split, line numbers and time.
seal::sha256_digest digest_content(const snapshot_content& content, const snapshot_image& image) {
  seal::sha256_stream digest;
  byte_writer head;
  head.raw("repute content 2\n");
  head.number(content.canon_version);
  head.raw(byte_view(content.salt_fp));
  head.number(content.ip_seed);
  for (const feed_info& feed : content.feeds) {
    head.text(feed.name);
  }
  digest.update(head.bytes());
  for (const aligned_bytes& shard : image.table) {
    digest.update(shard.bytes());
  }
  for (const auto& [name, payload] : image.parts) {
    if (name != part_feeds && name != part_servers) {
      digest.update(payload);
    }
  }
  for (const keyed_block& block : image.blocks) {
    digest.update(read_block_summary(block.bytes).value().content);
  }
  return digest.finish();
}

std::vector<keyed_block> make_blocks(const record_set& records) {
  std::vector<keyed_block> blocks;
  block_cutter cutter;
  std::size_t first = 0;
  const auto close = [&](std::size_t last) {
    if (first < last) {
      const record begin = records[first];
      const auto number = static_cast<std::uint32_t>(blocks.size());
      blocks.push_back({make_block_key(begin.kind, begin.key, begin.prefix_length, number),
                        encode_block(records, first, last)});
    }
    first = last;
  };
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (cutter.begins_block(records[i])) {
      close(i);
    }
  }
  close(records.size());
  return blocks;
}

}  // namespace

void aligned_bytes::release::operator()(std::uint8_t* at) const noexcept {
  std::free(at);
}

aligned_bytes::aligned_bytes(std::size_t size)
    : data_(static_cast<std::uint8_t*>(std::aligned_alloc(line_size, size))), size_(size) {
  assert(size % line_size == 0);
  if (!data_) {
    throw std::bad_alloc();
  }
  std::memset(data_.get(), 0, size);
}

result<snapshot_image> make_image(snapshot_content& content, const progress_callback& progress) {
  content.records.sort_unique();
  std::sort(content.keys.begin(), content.keys.end(),
            [](const resolved_key& a, const resolved_key& b) { return a.key < b.key; });
  snapshot_image image;
  dictionary_builder dictionary;
  image.indices.reserve(content.keys.size());
  for (const resolved_key& key : content.keys) {
    image.indices.push_back(dictionary.index_of(content.verdicts[key.verdict]));
    if (image.indices.back() == 0) {
      return failure{store_error::bad_rows, "a key without a verdict"};
    }
    ++image.meta.keys_by_kind[static_cast<std::uint8_t>(key.kind)];
  }
  const auto flat4 = flatten(content.ranges4, content.verdicts, dictionary);
  const auto flat6 = flatten(content.ranges6, content.verdicts, dictionary);

  snapshot_meta& meta = image.meta;
  meta.canon_version = content.canon_version;
  meta.info.salt_fp = content.salt_fp;
  meta.info.ip_seed = content.ip_seed;
  meta.info.keys = content.keys.size();
  meta.info.records = content.records.size();
  meta.info.prefixes = listed_ranges(flat4.values) + listed_ranges(flat6.values);
  meta.dictionary_size = static_cast<std::uint32_t>(dictionary.entries().size());
  meta.range4_bits = std::clamp(static_cast<std::uint32_t>(std::bit_width(flat4.starts.size())),
                                range_bits_min, range_bits_max);
  meta.range4_count = static_cast<std::uint32_t>(flat4.starts.size());
  meta.range6_count = static_cast<std::uint32_t>(flat6.starts.size());
  meta.layout = dictionary.entries().size() <= 65536 ? table_layout::six_slots_16
                                                     : table_layout::five_slots_32;
  auto table = fill_table(content, image.indices, meta, progress);
  if (!table) {
    return table.error();
  }
  image.table = std::move(*table);
  image.parts.emplace_back(part_dictionary, dictionary_payload(dictionary.entries()));
  image.parts.emplace_back(part_feeds, encode_feeds(content.feeds));
  image.parts.emplace_back(part_live, encode_live(content.live));
  image.parts.emplace_back(part_prefix4, prefix4_payload(flat4, meta.range4_bits));
  image.parts.emplace_back(part_prefix6, prefix6_payload(flat6));
  image.parts.emplace_back(part_sources, encode_sources(dictionary.sources()));
  if (!content.server_list.empty()) {
    image.parts.emplace_back(part_servers, servers_payload(content.server_list));
  }
  image.blocks = make_blocks(content.records);
  meta.content_digest = digest_content(content, image);
  return image;
}

}  // namespace repute::store
