// SPDX-License-Identifier: Apache-2.0
// Rows of feeds with their provenance: what explain, export, diff and the next load read.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "repute/schema/key.hpp"
#include "repute/schema/verdict.hpp"

namespace repute::store {

/// A feed as the snapshot remembers it.
struct feed_info {
  std::string name;
  std::vector<std::string> files;  ///< as named by the load, index = record::file
  std::uint64_t loaded_unix_s = 0;
  std::uint64_t rows = 0;

  bool operator==(const feed_info&) const = default;
};

inline constexpr std::size_t record_text_max = 8192;    ///< bytes of a row's own text
inline constexpr std::size_t record_reason_max = 1024;  ///< bytes of a row's reason

/// One row of one feed under one key; loaded when its feed was. A row that matches a name and the
/// names under it gives two.
struct record {
  repute::kind kind{};
  std::uint8_t prefix_length = 0;  ///< IP4, IP6: 0..32, 0..128; other kinds 0
  bool exclusion = false;          ///< takes the key out of less specific rows of the same feed
  repute::verdict verdict{};
  fingerprint key{};  ///< IP4: address in the first 4 bytes, the others 0
  std::int16_t score = 0;
  std::uint16_t category = 0;
  std::uint16_t cache_ttl_s = 0;
  std::uint16_t feed = 0;       ///< index into the snapshot's feeds
  std::uint16_t file = 0;       ///< index into the feed's files
  std::uint32_t expires_h = 0;  ///< hours since 1970, 0 = never
  std::uint32_t line = 0;       ///< first line is 1
  std::string_view text;        ///< the row's own key text, as the feed wrote it
  std::string_view reason;
};

/// Order of records in a snapshot: kind, key, prefix length, feed, then content, then file and
/// line.
[[nodiscard]] bool record_less(const record& a, const record& b) noexcept;
/// True if all fields but file and line are equal: the second one tells nothing new.
[[nodiscard]] bool same_content(const record& a, const record& b) noexcept;

/// Many records with their texts in one arena. Moves cheaply.
class record_set {
 public:
  void reserve(std::size_t count) { rows_.reserve(count); }
  /// Copies the record and its texts.
  void add(const record& value);
  void clear();

  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  [[nodiscard]] record operator[](std::size_t index) const noexcept;
  /// Records [first, last), whose texts stay in this set.
  [[nodiscard]] std::vector<record> some(std::size_t first, std::size_t last) const;

  /// Sorts by record_less and drops records that repeat the content of another. One pass if it is
  /// sorted already.
  void sort_unique();

 private:
  struct row {
    record value;               ///< texts unset
    std::uint64_t text_at = 0;  ///< text, then reason, in arena_
    std::uint16_t text_size = 0;
    std::uint16_t reason_size = 0;
  };
  [[nodiscard]] record full(const row& from) const noexcept;

  std::vector<row> rows_;
  std::string arena_;
};

}  // namespace repute::store
