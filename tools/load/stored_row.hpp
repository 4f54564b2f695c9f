// SPDX-License-Identifier: Apache-2.0
// Rows on their way from the compiler to the snapshot: 40 bytes and their texts, so that tens of
// millions fit into memory.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

#include "load/text_arena.hpp"
#include "store/key_filter.hpp"
#include "store/record.hpp"

namespace repute::load {

/// What a row says about its key. Millions of rows have few distinct ones. The order is that of
/// records with equal keys.
struct row_attributes {
  std::uint16_t feed = 0;
  bool exclusion = false;
  repute::verdict verdict{};
  std::int16_t score = 0;
  std::uint16_t category = 0;
  std::uint16_t cache_ttl_s = 0;
  std::uint32_t expires_h = 0;

  auto operator<=>(const row_attributes&) const = default;
};

[[nodiscard]] row_attributes attributes_of(const store::record& row) noexcept;

/// Distinct attributes by number. Reading is thread-safe while nobody adds.
class attribute_pool {
 public:
  [[nodiscard]] std::uint32_t index_of(const row_attributes& attributes);
  [[nodiscard]] const row_attributes& operator[](std::uint32_t index) const noexcept {
    return distinct_[index];
  }
  /// True if two rows of one key, neighbours in their order, differ in nothing that a verdict
  /// depends on but for when they end. Only the one that ends last counts: a network repeated very
  /// often must not cost so much for each address in it.
  [[nodiscard]] bool stands_for(std::uint32_t a, std::uint32_t b) const noexcept;
  /// Of two such the one that ends last.
  [[nodiscard]] std::uint32_t longer(std::uint32_t a, std::uint32_t b) const noexcept;

  [[nodiscard]] std::uint32_t size() const noexcept {
    return static_cast<std::uint32_t>(distinct_.size());
  }

 private:
  struct hash {
    std::size_t operator()(const row_attributes& of) const noexcept;
  };
  std::vector<row_attributes> distinct_;
  boost::unordered_flat_map<row_attributes, std::uint32_t, hash> known_;
  std::uint32_t last_ = 0;  // rows come in runs of equal attributes
};

/// A record whose texts lie elsewhere and whose attributes are in a pool.
struct stored_row {
  fingerprint key{};
  const char* texts = nullptr;  ///< text, then reason
  std::uint32_t line = 0;
  std::uint32_t attributes = 0;
  std::uint16_t file = 0;
  std::uint16_t text_size : 15 = 0;
  std::uint16_t text_is_canonical : 1 = 0;  ///< the text is the canonical form of the key
  std::uint16_t reason_size = 0;
  repute::kind kind{};
  std::uint8_t prefix_length = 0;

  [[nodiscard]] std::string_view text() const noexcept { return {texts, text_size}; }
  [[nodiscard]] std::string_view reason() const noexcept {
    return {texts + text_size, reason_size};
  }
  [[nodiscard]] std::size_t texts_size() const noexcept {
    return std::size_t{text_size} + reason_size;
  }
  [[nodiscard]] bool same_key(const stored_row& other) const noexcept {
    return kind == other.kind && same_bytes(key, other.key) && prefix_length == other.prefix_length;
  }
};
static_assert(sizeof(stored_row) == 40);
static_assert(store::record_text_max < (1U << 15));

[[nodiscard]] store::record to_record(const stored_row& row,
                                      const row_attributes& attributes) noexcept;

/// A key as numbers that order as its bytes do, without a call of memcmp for each comparison.
struct key_order {
  std::uint64_t first = 0;
  std::uint64_t second = 0;

  auto operator<=>(const key_order&) const = default;
};
[[nodiscard]] inline key_order order_of(const fingerprint& key) noexcept {
  return {__builtin_bswap64(load_le<std::uint64_t>(key.data())),
          __builtin_bswap64(load_le<std::uint64_t>(key.data() + 8))};
}

/// Order of records in a snapshot, store::record_less.
[[nodiscard]] bool row_less(const stored_row& a, const stored_row& b,
                            const attribute_pool& pool) noexcept;
/// True if all but file and line are equal.
[[nodiscard]] bool same_content(const stored_row& a, const stored_row& b) noexcept;

/// Position of a known kind in all_kinds.
[[nodiscard]] std::size_t position_of(kind kind) noexcept;

/// Rows compiled together, with their texts and attributes. One thread at a time.
class compiled_rows {
 public:
  /// Copies the record and its texts.
  void add(const store::record& row, bool text_is_canonical);
  /// Notes that rows may be covered by a key of this canonical form.
  void add_cover(kind kind, std::string_view canonical) {
    cover_hashes[position_of(kind)].push_back(store::hash_of(kind, canonical));
  }

  [[nodiscard]] std::size_t size() const noexcept { return rows.size(); }
  /// Its texts stay in here.
  [[nodiscard]] store::record operator[](std::size_t index) const noexcept {
    return to_record(rows[index], attributes[rows[index].attributes]);
  }

  attribute_pool attributes;
  std::vector<stored_row> rows;
  text_arena texts{text_arena::memory::huge_pages};
  std::array<std::vector<std::uint64_t>, all_kinds.size()> cover_hashes;  ///< by kind
};

}  // namespace repute::load
