// SPDX-License-Identifier: Apache-2.0
// One line of an exported snapshot, in CSV (RFC 4180) or as a JSON object. Both hold the same
// columns and every byte of a row; docs/feeds.md, "Exported snapshots", is the page.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "load/feed_spec.hpp"
#include "repute/schema/kind.hpp"
#include "repute/schema/verdict.hpp"

namespace repute::load {

enum class export_format : std::uint8_t { csv, jsonl };

/// What a line is about.
enum class export_layer : std::uint8_t {
  snapshot,  ///< first line: time of the load, number of the last change at run time
  feed,      ///< name, when it was loaded, its rows; before any row of it
  file,      ///< a file of a feed; the first one has number 0
  row,       ///< a record
  live,      ///< a live entry
  override,  ///< an override of the organisation
};

/// The columns, in the order of CSV.
enum class export_column : std::uint8_t {
  layer,
  feed,
  file,
  line,
  time,
  kind,
  match,
  prefix,
  text,
  verdict,
  score,
  category,
  ttl,
  expires,
  exclusion,
  reason,
  action,
  seq,
  who,
  rows,
};
inline constexpr std::size_t export_columns = 20;
[[nodiscard]] std::string_view word(export_column value) noexcept;

/// Fields as text by column; empty where a line has none.
using export_fields = std::array<std::string_view, export_columns>;

struct export_line {
  export_layer layer = export_layer::row;
  std::string_view feed;
  std::string_view file;
  std::uint32_t line = 0;
  std::uint64_t time_unix_s = 0;
  repute::subject subject = subject::domain;
  bool subdomains = false;         ///< a DOMAIN key: the names under it
  std::uint8_t prefix_length = 0;  ///< told for addresses; the text says it, too
  std::string_view text;
  repute::verdict verdict = verdict::none;
  std::int16_t score = 0;
  std::uint16_t category = 0;
  std::uint16_t ttl_s = 0;
  std::uint64_t expires_unix_s = 0;  ///< 0 = never
  bool exclusion = false;
  std::string_view reason;
  bool removal = false;   ///< live, override: the action is `remove`
  std::uint64_t seq = 0;  ///< live, override; of a snapshot: all changes up to it are in it
  std::string_view who;
  std::uint64_t rows = 0;

  bool operator==(const export_line&) const = default;
};

/// JSON holds Unicode alone and text files no zero bytes. A field that is not so, or that begins
/// with these letters itself, is `hex:` and the bytes in hexadecimal digits.
inline constexpr std::string_view hex_mark = "hex:";
[[nodiscard]] std::string encode_export_field(std::string_view text);
/// `field` begins with hex_mark; nothing if no such digits follow.
[[nodiscard]] std::optional<std::string> decode_export_field(std::string_view field);

/// Header row of CSV, with its line end.
[[nodiscard]] std::string export_header();

/// Appends the line, with its line end.
void append_export_line(const export_line& from, export_format format, std::string& out);

/// A field that does not hold what its column may.
struct export_field_problem {
  export_column column = export_column::layer;
  std::string what;
};

/// Reads the fields of one line. Pure; views of the result are those of `fields`.
[[nodiscard]] std::variant<export_line, export_field_problem> parse_export_line(
    const export_fields& fields);

}  // namespace repute::load
