// SPDX-License-Identifier: Apache-2.0
#include "store/snapshot_image.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <new>

#include "repute/seal/digest.hpp"
#include "store/byte_cursor.hpp"
#include "store/dictionary_builder.hpp"
#include "store/parallel.hpp"

namespace repute::store {
namespace {

constexpr std::uint32_t range_bits_max = 20;  // 4 MiB of index
constexpr std::size_t huge_page = std::size_t{2} << 20;

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

// A slice of the index for each line, so that a slice begins in one line and ends in it or the
// next.
template <class Ranges>
std::uint32_t index_bits(std::size_t ranges) {
  const auto lines = static_cast<std::uint64_t>(Ranges::lines_for(ranges));
  return std::min(static_cast<std::uint32_t>(std::bit_width(lines)) + 1, range_bits_max);
}

template <class Ranges, class Word>
void write_ranges(const std::vector<Word>& starts, const std::vector<std::uint32_t>& values,
                  byte_view between, std::uint32_t bits, byte_writer& out) {
  const auto lines = Ranges::make_lines(starts, values);
  for (const auto& line : lines) {
    for (const Word start : line.starts) {
      out.number(start);
    }
    for (const std::uint32_t value : line.values) {
      out.number(value);
    }
    out.bytes().resize((out.bytes().size() + line_size - 1) / line_size * line_size);
  }
  out.raw(between);
  for (const std::uint32_t line : Ranges::make_index(lines, bits, starts.size())) {
    out.number(line);
  }
}

std::vector<std::uint8_t> prefix4_payload(const flat_ranges<std::uint32_t>& flat,
                                          std::uint32_t bits) {
  byte_writer out;
  write_ranges<prefix4_table::ranges_type>(flat.starts, flat.values, {}, bits, out);
  return std::move(out.bytes());
}

std::vector<std::uint8_t> prefix6_payload(const flat_ranges<address6>& flat, std::uint32_t bits) {
  std::vector<std::uint64_t> high;
  byte_writer low;
  for (const address6& start : flat.starts) {
    high.push_back(start.high);
    low.number(start.low);
  }
  byte_writer out;
  write_ranges<prefix6_table::ranges_type>(high, flat.values, low.bytes(), bits, out);
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

// Inserts the keys in order; a room is sorted, on another thread, while the one before goes in.
class table_filler {
 public:
  table_filler(const snapshot_frame& frame, table_keys& keys, std::vector<std::uint32_t>& indices,
               dictionary_builder& dictionary, const progress_callback& progress)
      : frame_(frame),
        keys_(keys),
        indices_(indices),
        dictionary_(dictionary),
        progress_(progress) {}

  table_builder::outcome fill(table_builder& table, unsigned threads) {
    outcome_ = table_builder::outcome::placed;
    ordered_batches<std::size_t> rooms(
        threads, [this](std::size_t& room) { keys_.sort_room(room); },
        [&](std::size_t& room) { insert(keys_.room(room), table, room); });
    for (std::size_t room = 0;
         room < table_keys::rooms && outcome_ == table_builder::outcome::placed; ++room) {
      rooms.push(room);
    }
    rooms.finish();
    return outcome_;
  }

 private:
  void insert(const std::vector<placed_key>& room, table_builder& table, std::size_t number) {
    constexpr std::size_t ahead = 16;  // second lines are anywhere: memory is asked for them early
    for (std::size_t i = 0; i < room.size() && outcome_ == table_builder::outcome::placed; ++i) {
      if (i + ahead < room.size()) {
        table.prefetch(room[i + ahead].key);
      }
      outcome_ = table.insert(room[i].key, index_of(room[i].verdict));
    }
    if (progress_) {
      progress_("table", static_cast<double>(number + 1) / table_keys::rooms);
    }
  }

  // Dictionary indices grow in the order of first use, which is the keys' own.
  std::uint32_t index_of(std::uint32_t verdict) {
    if (indices_[verdict] == 0) {
      indices_[verdict] = dictionary_.index_of(frame_.verdicts[verdict]);
    }
    return indices_[verdict];
  }

  const snapshot_frame& frame_;
  table_keys& keys_;
  std::vector<std::uint32_t>& indices_;
  dictionary_builder& dictionary_;
  const progress_callback& progress_;
  table_builder::outcome outcome_ = table_builder::outcome::placed;
};

// Tries ever larger tables until all keys have room; with the stated loads the first one does.
result<std::vector<aligned_bytes>> fill_table(table_filler& filler, std::size_t keys,
                                              snapshot_meta& meta, unsigned threads) {
  for (meta.lines = lines_for(keys, meta.layout);; meta.lines += meta.lines / 16 + 1) {
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
    switch (filler.fill(table, threads)) {
      case table_builder::outcome::placed:
        return shards;
      case table_builder::outcome::duplicate:
        return failure{store_error::bad_rows,
                       "two keys have the same fingerprint; a key must come once"};
      case table_builder::outcome::full:
        break;
    }
  }
}

// Entries that a dictionary of everything has: the layout of the table follows from them, so they
// are counted before the first key goes in.
std::size_t count_entries(const snapshot_frame& frame) {
  dictionary_builder all;
  for (const resolved_verdict& verdict : frame.verdicts) {
    all.index_of(verdict);
  }
  return all.entries().size();
}

// What a load is about, whatever its order, split, line numbers and time.
seal::sha256_digest digest_content(const snapshot_frame& content, const snapshot_image& image,
                                   const block_summaries& blocks) {
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
  for (const seal::sha256_digest& block : blocks.contents) {
    digest.update(block);
  }
  return digest.finish();
}

}  // namespace

void aligned_bytes::release::operator()(std::uint8_t* at) const noexcept {
  std::free(at);
}

aligned_bytes::aligned_bytes(std::size_t size)
    : data_(static_cast<std::uint8_t*>(
          std::aligned_alloc(size < huge_page ? line_size : huge_page, size))),
      size_(size) {
  assert(size % line_size == 0);
  if (!data_) {
    throw std::bad_alloc();
  }
  if (size >= huge_page) {
    ::madvise(data_.get(), size / huge_page * huge_page, MADV_HUGEPAGE);  // keys go in at random
  }
  std::memset(data_.get(), 0, size);
}

result<snapshot_image> make_image(const snapshot_frame& frame, table_keys& keys,
                                  const block_summaries& blocks, unsigned threads,
                                  const progress_callback& progress) {
  snapshot_image image;
  snapshot_meta& meta = image.meta;
  meta.layout =
      count_entries(frame) <= 65536 ? table_layout::six_slots_16 : table_layout::five_slots_32;
  dictionary_builder dictionary;
  image.indices.assign(frame.verdicts.size(), 0);
  table_filler filler(frame, keys, image.indices, dictionary, progress);
  auto table = fill_table(filler, keys.size(), meta, threads);
  if (!table) {
    return table.error();
  }
  image.table = std::move(*table);
  const auto flat4 = flatten(frame.ranges4, frame.verdicts, dictionary);
  const auto flat6 = flatten(frame.ranges6, frame.verdicts, dictionary);

  meta.canon_version = frame.canon_version;
  meta.info.salt_fp = frame.salt_fp;
  meta.info.ip_seed = frame.ip_seed;
  meta.info.keys = keys.size();
  meta.keys_by_kind = keys.by_kind();
  meta.info.records = blocks.records;
  meta.info.prefixes = listed_ranges(flat4.values) + listed_ranges(flat6.values);
  meta.dictionary_size = static_cast<std::uint32_t>(dictionary.entries().size());
  meta.range4_bits = index_bits<prefix4_table::ranges_type>(flat4.starts.size());
  meta.range4_count = static_cast<std::uint32_t>(flat4.starts.size());
  meta.range6_bits = index_bits<prefix6_table::ranges_type>(flat6.starts.size());
  meta.range6_count = static_cast<std::uint32_t>(flat6.starts.size());
  image.parts.emplace_back(part_dictionary, dictionary_payload(dictionary.entries()));
  image.parts.emplace_back(part_feeds, encode_feeds(frame.feeds));
  image.parts.emplace_back(part_live, encode_live(frame.live));
  image.parts.emplace_back(part_prefix4, prefix4_payload(flat4, meta.range4_bits));
  image.parts.emplace_back(part_prefix6, prefix6_payload(flat6, meta.range6_bits));
  image.parts.emplace_back(part_sources, encode_sources(dictionary.sources()));
  if (!frame.server_list.empty()) {
    image.parts.emplace_back(part_servers, servers_payload(frame.server_list));
  }
  meta.content_digest = digest_content(frame, image, blocks);
  return image;
}

}  // namespace repute::store
