// SPDX-License-Identifier: Apache-2.0
#include "store/record_block.hpp"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>

#include "store/byte_cursor.hpp"

namespace repute::store {
namespace {

constexpr int compression_level = 1;  // records are read rarely; loading should not wait for them
constexpr std::uint8_t flag_exclusion = 1;
constexpr std::uint8_t flag_files = 1;
constexpr std::size_t head_size = 32 + 1 + 1 + 2 + 4;
constexpr std::size_t attributes_size = 16;
using attributes = std::array<std::uint8_t, attributes_size>;

// How a text is kept: as it is, or two hexadecimal digits a byte.
enum class text_code : std::uint16_t { plain = 0, lower_hex = 1, upper_hex = 2 };
constexpr unsigned code_bits = 2;

struct free_context {
  void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
};

// What a byte means as a hexadecimal digit: its value, and in which alphabets it is one.
struct hex_digit {
  std::uint8_t value = 0;
  std::uint8_t alphabets = 0;
};
constexpr std::uint8_t lower_alphabet = 1;
constexpr std::uint8_t upper_alphabet = 2;
constexpr std::array<hex_digit, 256> hex_digits = [] {
  std::array<hex_digit, 256> out{};
  for (std::uint8_t i = 0; i < 10; ++i) {
    out[std::size_t{'0'} + i] = {i, lower_alphabet | upper_alphabet};
  }
  for (std::uint8_t i = 10; i < 16; ++i) {
    out[std::size_t{'a'} + i - 10] = {i, lower_alphabet};
    out[std::size_t{'A'} + i - 10] = {i, upper_alphabet};
  }
  return out;
}();

hex_digit digit_of(char c) noexcept {
  return hex_digits[static_cast<unsigned char>(c)];
}

text_code code_of(std::string_view text) noexcept {
  if (text.size() % 2 != 0 || text.empty()) {
    return text_code::plain;
  }
  unsigned alphabets = lower_alphabet | upper_alphabet;
  for (std::size_t i = 0; i < text.size() && alphabets != 0; ++i) {
    alphabets &= digit_of(text[i]).alphabets;
  }
  if ((alphabets & lower_alphabet) != 0) {
    return text_code::lower_hex;
  }
  return alphabets == upper_alphabet ? text_code::upper_hex : text_code::plain;
}

std::uint8_t* put_packed(std::string_view text, text_code code, std::uint8_t* to) noexcept {
  if (code == text_code::plain) {
    return std::copy(text.begin(), text.end(), to);
  }
  for (std::size_t i = 0; i < text.size(); i += 2) {
    *to++ = static_cast<std::uint8_t>(digit_of(text[i]).value << 4 | digit_of(text[i + 1]).value);
  }
  return to;
}

std::string unpacked(byte_view packed, text_code code) {
  if (code == text_code::plain) {
    return std::string(packed.begin(), packed.end());
  }
  const std::string_view digits =
      code == text_code::lower_hex ? "0123456789abcdef" : "0123456789ABCDEF";
  std::string text(2 * packed.size(), '\0');
  for (std::size_t i = 0; i < packed.size(); ++i) {
    text[2 * i] = digits[packed[i] >> 4];
    text[2 * i + 1] = digits[packed[i] & 15U];
  }
  return text;
}

std::size_t stored_key_size(kind kind) noexcept {
  return kind == kind::ip4 ? 4 : fingerprint_size;
}

attributes attributes_of(const record& from) noexcept {
  attributes out{};
  out[0] = from.prefix_length;
  out[1] = from.exclusion ? flag_exclusion : std::uint8_t{0};
  out[2] = static_cast<std::uint8_t>(from.verdict);
  store_le(&out[4], static_cast<std::uint16_t>(from.score));
  store_le(&out[6], from.category);
  store_le(&out[8], from.cache_ttl_s);
  store_le(&out[10], from.feed);
  store_le(&out[12], from.expires_h);
  return out;
}

void apply(const std::uint8_t* from, record& to) noexcept {
  to.prefix_length = from[0];
  to.exclusion = from[1] == flag_exclusion;
  to.verdict = static_cast<verdict>(from[2]);
  to.score = static_cast<std::int16_t>(load_le<std::uint16_t>(from + 4));
  to.category = load_le<std::uint16_t>(from + 6);
  to.cache_ttl_s = load_le<std::uint16_t>(from + 8);
  to.feed = load_le<std::uint16_t>(from + 10);
  to.expires_h = load_le<std::uint32_t>(from + 12);
}

// The loader copies records from snapshot to snapshot and asserts these ranges.
bool in_range(const record& r) noexcept {
  const std::size_t longest_prefix = is_ip(r.kind) ? key_size(r.kind) * 8 : 0;
  return r.verdict <= verdict::malware && r.prefix_length <= longest_prefix &&
         r.score >= score_min && r.score <= score_max && r.category <= category_max;
}

// The few distinct attributes of a block in the order of their first row, and one index a row.
struct attribute_table {
  std::vector<attributes> distinct;
  std::vector<std::uint16_t> index;

  void add(const attributes& of_row) {
    // Neighbours mostly agree: the last ones are the likeliest.
    for (std::size_t i = distinct.size(); i-- > 0;) {
      if (same_bytes(distinct[i], of_row)) {
        index.push_back(static_cast<std::uint16_t>(i));
        return;
      }
    }
    index.push_back(static_cast<std::uint16_t>(distinct.size()));
    distinct.push_back(of_row);
  }

  void write(byte_writer& out) const {
    out.number(static_cast<std::uint16_t>(distinct.size()));
    for (const attributes& each : distinct) {
      out.raw(byte_view(each));
    }
    if (distinct.size() == 1) {
      return;
    }
    for (const std::uint16_t each : index) {
      if (distinct.size() <= 256) {
        out.number(static_cast<std::uint8_t>(each));
      } else {
        out.number(each);
      }
    }
  }
};

std::vector<std::uint8_t> text_section(std::span<const record> rows) {
  constexpr std::size_t ahead = 16;
  std::size_t size = 4 * rows.size();
  for (const record& row : rows) {
    size += row.text.size() + row.reason.size();
  }
  std::vector<std::uint8_t> out(size);
  std::uint8_t* lengths = out.data();
  std::uint8_t* at = out.data() + 4 * rows.size();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i + ahead < rows.size()) {
      const std::string_view later = rows[i + ahead].text;  // texts lie anywhere
      __builtin_prefetch(later.data());
      __builtin_prefetch(later.data() + later.size());
    }
    const record& row = rows[i];
    const text_code code = code_of(row.text);
    store_le(lengths, static_cast<std::uint16_t>(row.text.size() << code_bits |
                                                 static_cast<std::uint16_t>(code)));
    lengths += 2;
    at = put_packed(row.text, code, at);
  }
  for (const record& row : rows) {
    store_le(lengths, static_cast<std::uint16_t>(row.reason.size()));
    lengths += 2;
    at = std::copy(row.reason.begin(), row.reason.end(), at);
  }
  out.resize(static_cast<std::size_t>(at - out.data()));
  return out;
}

void append_compressed(byte_view raw, std::vector<std::uint8_t>& out) {
  thread_local const std::unique_ptr<ZSTD_CCtx, free_context> context(ZSTD_createCCtx());
  const std::size_t at = out.size();
  out.resize(at + ZSTD_compressBound(raw.size()));
  const std::size_t size = ZSTD_compressCCtx(context.get(), out.data() + at, out.size() - at,
                                             raw.data(), raw.size(), compression_level);
  if (ZSTD_isError(size) != 0) {
    throw std::runtime_error(ZSTD_getErrorName(size));  // out of memory: the bound always suffices
  }
  out.resize(at + size);
}

std::optional<std::vector<std::uint8_t>> decompressed(byte_view frame, std::size_t size) {
  if (size > block_text_max || ZSTD_getFrameContentSize(frame.data(), frame.size()) != size) {
    return std::nullopt;
  }
  std::vector<std::uint8_t> out(size);
  const std::size_t done = ZSTD_decompress(out.data(), out.size(), frame.data(), frame.size());
  if (ZSTD_isError(done) != 0 || done != size) {
    return std::nullopt;
  }
  return out;
}

// One key in 256 begins a block. Fingerprints are random; addresses are mixed.
bool marks_a_boundary(const fingerprint& key, std::uint8_t prefix_length) noexcept {
  constexpr std::uint64_t golden_ratio = 0x9e3779b97f4a7c15U;
  const std::uint64_t bits =
      load_le<std::uint64_t>(key.data()) ^ load_le<std::uint64_t>(key.data() + 8) ^ prefix_length;
  return (bits * golden_ratio) >> 56 == 0;
}

// A block taken apart into its columns.
struct block_columns {
  block_summary summary;
  byte_view attribute_sets;
  byte_view attribute_index;  // empty if all rows share one set
  byte_view keys;
  byte_view lines;
  byte_view files;  // empty: file 0
  byte_view frame;
  std::size_t text_bytes = 0;

  [[nodiscard]] bool fill(std::size_t row, record& to) const noexcept {
    std::size_t set = 0;
    if (!attribute_index.empty()) {
      set = attribute_index.size() == summary.rows
                ? attribute_index[row]
                : load_le<std::uint16_t>(attribute_index.data() + 2 * row);
    }
    if (set * attributes_size >= attribute_sets.size()) {
      return false;
    }
    const std::uint8_t* chosen = attribute_sets.data() + set * attributes_size;
    apply(chosen, to);
    to.kind = summary.kind;
    const std::size_t size = stored_key_size(summary.kind);
    std::copy_n(keys.begin() + static_cast<std::ptrdiff_t>(row * size), size, to.key.begin());
    to.line = load_le<std::uint32_t>(lines.data() + 4 * row);
    to.file = files.empty() ? std::uint16_t{0} : load_le<std::uint16_t>(files.data() + 2 * row);
    return chosen[1] <= flag_exclusion && chosen[3] == 0 && in_range(to);
  }
};

std::optional<block_columns> split(byte_view block) noexcept {
  byte_reader in(block);
  block_columns out;
  const byte_view digest = in.take(out.summary.content.size());
  std::copy(digest.begin(), digest.end(), out.summary.content.begin());
  out.summary.kind = static_cast<kind>(in.number<std::uint8_t>());
  const auto flags = in.number<std::uint8_t>();
  out.summary.rows = in.number<std::uint16_t>();
  out.text_bytes = in.number<std::uint32_t>();
  const std::size_t rows = out.summary.rows;
  const std::size_t sets = in.number<std::uint16_t>();
  out.attribute_sets = in.take(sets * attributes_size);
  if (sets > 1) {
    out.attribute_index = in.take(sets <= 256 ? rows : 2 * rows);
  }
  if (!in.ok() || !is_known(out.summary.kind) || flags > flag_files || rows == 0 ||
      rows > block_rows_max || sets == 0 || sets > rows) {
    return std::nullopt;
  }
  out.keys = in.take(rows * stored_key_size(out.summary.kind));
  out.lines = in.take(4 * rows);
  if (flags == flag_files) {
    out.files = in.take(2 * rows);
  }
  out.frame = in.rest();
  record last;
  if (!in.ok() || !out.fill(rows - 1, last)) {
    return std::nullopt;
  }
  out.summary.last = position_of(last);
  return out;
}

}  // namespace

block_key make_block_key(kind kind, const fingerprint& key, std::uint8_t prefix_length,
                         std::uint32_t number) noexcept {
  block_key result{};
  result[0] = static_cast<std::uint8_t>(kind);
  std::copy(key.begin(), key.end(), result.begin() + 1);
  result[1 + fingerprint_size] = prefix_length;
  store_le(&result[2 + fingerprint_size], __builtin_bswap32(number));
  return result;
}

record_position position_of(const block_key& name) noexcept {
  record_position out;
  out.kind = static_cast<kind>(name[0]);
  std::copy_n(name.begin() + 1, fingerprint_size, out.key.begin());
  out.prefix_length = name[1 + fingerprint_size];
  return out;
}

bool block_cutter::begins_block(kind kind, const fingerprint& key, std::uint8_t prefix_length,
                                std::size_t text_bytes) noexcept {
  const bool new_key = !same_bytes(key, key_) || prefix_length != prefix_length_ || kind != kind_;
  const bool begins = empty_ || kind != kind_ || rows_ == block_rows_max ||
                      text_bytes_ >= block_text_goal ||
                      (new_key && marks_a_boundary(key, prefix_length));
  if (begins) {
    rows_ = 0;
    text_bytes_ = 0;
  }
  empty_ = false;
  kind_ = kind;
  key_ = key;
  prefix_length_ = prefix_length;
  ++rows_;
  text_bytes_ += 4 + text_bytes;
  return begins;
}

// The columns up to the texts but for lines and files, which are no content.
static std::vector<std::uint8_t> content_columns(std::span<const record> rows) {
  attribute_table table;
  for (const record& row : rows) {
    assert(row.kind == rows.front().kind);
    table.add(attributes_of(row));
  }
  byte_writer columns;
  table.write(columns);
  const std::size_t key_size = stored_key_size(rows.front().kind);
  for (const record& row : rows) {
    columns.raw(byte_view(row.key).first(key_size));
  }
  return std::move(columns.bytes());
}

std::vector<std::uint8_t> encode_block(std::span<const record> rows) {
  assert(!rows.empty() && rows.size() <= block_rows_max);
  const auto kind = static_cast<std::uint8_t>(rows.front().kind);
  const auto count = static_cast<std::uint16_t>(rows.size());
  const bool files =
      std::any_of(rows.begin(), rows.end(), [](const record& r) { return r.file != 0; });
  const std::vector<std::uint8_t> columns = content_columns(rows);
  const std::vector<std::uint8_t> texts = text_section(rows);

  byte_writer counts;
  counts.number(kind);
  counts.number(count);
  seal::sha256_stream content;
  content.update(counts.bytes());
  content.update(columns);
  content.update(texts);

  byte_writer out;
  out.bytes().reserve(head_size + 2 + columns.size() + 6 * rows.size() +
                      ZSTD_compressBound(texts.size()));
  out.raw(byte_view(content.finish()));
  out.number(kind);
  out.number(files ? flag_files : std::uint8_t{0});
  out.number(count);
  out.number(static_cast<std::uint32_t>(texts.size()));
  out.raw(columns);
  for (const record& row : rows) {
    out.number(row.line);
  }
  for (std::size_t i = 0; files && i < rows.size(); ++i) {
    out.number(rows[i].file);
  }
  append_compressed(texts, out.bytes());
  return std::move(out.bytes());
}

std::optional<block_summary> read_block_summary(byte_view block) noexcept {
  const auto columns = split(block);
  return columns ? std::optional(columns->summary) : std::nullopt;
}

bool decode_block(byte_view block, record_set& into) {
  const auto columns = split(block);
  if (!columns) {
    return false;
  }
  const auto texts = decompressed(columns->frame, columns->text_bytes);
  if (!texts) {
    return false;
  }
  const std::size_t rows = columns->summary.rows;
  byte_reader in(*texts);
  const byte_view codes = in.take(2 * rows);
  const byte_view reason_sizes = in.take(2 * rows);
  if (!in.ok()) {
    return false;
  }
  const auto text_at = [&](std::size_t row) {
    const unsigned coded = load_le<std::uint16_t>(codes.data() + 2 * row);
    const auto code = static_cast<text_code>(coded & ((1U << code_bits) - 1));
    return std::pair(std::size_t{coded >> code_bits}, code);
  };
  std::size_t packed_bytes = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const auto [size, code] = text_at(row);
    if (code > text_code::upper_hex || size > record_text_max ||
        (code != text_code::plain && size % 2 != 0)) {
      return false;
    }
    packed_bytes += code == text_code::plain ? size : size / 2;
  }
  byte_reader packed(in.take(packed_bytes));
  for (std::size_t row = 0; row < rows; ++row) {
    record next;
    if (!columns->fill(row, next)) {
      return false;
    }
    const auto [size, code] = text_at(row);
    const std::string text =
        unpacked(packed.take(code == text_code::plain ? size : size / 2), code);
    const std::size_t reason_size = load_le<std::uint16_t>(reason_sizes.data() + 2 * row);
    const byte_view reason = in.take(reason_size);
    if (!in.ok() || reason_size > record_reason_max) {
      return false;
    }
    next.text = text;
    next.reason = {reinterpret_cast<const char*>(reason.data()), reason.size()};
    into.add(next);
  }
  return in.empty();
}

bool same_rows(byte_view a, byte_view b, std::span<const std::uint16_t> feeds) {
  constexpr std::size_t feed_at = 10;
  const auto left = split(a);
  const auto right = split(b);
  if (!left || !right || left->summary.kind != right->summary.kind ||
      left->summary.rows != right->summary.rows ||
      left->attribute_sets.size() != right->attribute_sets.size()) {
    return false;
  }
  for (std::size_t at = 0; at < left->attribute_sets.size(); at += attributes_size) {
    attributes mapped{};
    std::copy_n(left->attribute_sets.begin() + static_cast<std::ptrdiff_t>(at), attributes_size,
                mapped.begin());
    const auto feed = load_le<std::uint16_t>(&mapped[feed_at]);
    if (feed >= feeds.size()) {
      return false;
    }
    store_le(&mapped[feed_at], feeds[feed]);
    if (!std::ranges::equal(mapped, right->attribute_sets.subspan(at, attributes_size))) {
      return false;
    }
  }
  // Equal texts are compressed to equal frames by one version of zstd. Another one makes this say
  // no, which costs time and no truth.
  return std::ranges::equal(left->attribute_index, right->attribute_index) &&
         std::ranges::equal(left->keys, right->keys) &&
         std::ranges::equal(left->frame, right->frame);
}

bool content_matches(byte_view block) {
  const auto columns = split(block);
  const auto texts = columns ? decompressed(columns->frame, columns->text_bytes) : std::nullopt;
  if (!texts) {
    return false;
  }
  byte_writer counts;
  counts.number(static_cast<std::uint8_t>(columns->summary.kind));
  counts.number(static_cast<std::uint16_t>(columns->summary.rows));
  const auto* sets_count = columns->attribute_sets.data() - sizeof(std::uint16_t);
  const auto* after_keys = columns->keys.data() + columns->keys.size();
  seal::sha256_stream content;
  content.update(counts.bytes());
  content.update({sets_count, after_keys});
  content.update(*texts);
  return content.finish() == columns->summary.content;
}

}  // namespace repute::store
