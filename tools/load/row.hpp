// SPDX-License-Identifier: Apache-2.0
// What the formats produce: rows as the feed wrote them, and rows that it got wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "load/feed_spec.hpp"

namespace repute::load {

/// A place in a file; the first line and the first column are 1, columns count bytes.
struct position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  bool operator==(const position&) const = default;
};

/// A row before its key is looked at. Texts are valid during the call only.
struct raw_row {
  position at;
  std::string_view key;
  bool exclusion = false;           ///< `!key` in a list
  std::optional<name_match> match;  ///< said by the format itself (misp)
  std::string_view score;           ///< text of the score column, if there is one
  std::string_view expires;
  std::string_view reason;
  std::string_view original;  ///< the row as it stands in the file, for the reject file
};

struct bad_row {
  position at;
  std::string reason;
  std::string_view original;
};

/// Receives rows in file order. Returns false to stop reading.
class row_sink {
 public:
  virtual ~row_sink() = default;
  [[nodiscard]] virtual bool take(const raw_row& row) = 0;
  [[nodiscard]] virtual bool reject(const bad_row& row) = 0;
};

/// A file that is no such feed at all: no JSON, no header row, an unknown column.
struct format_problem {
  position at;
  std::string what;
};

/// Longest row taken, in bytes; longer ones are bad rows.
inline constexpr std::size_t row_bytes_max = std::size_t{64} << 10;

/// Reads a feed's text in the format of `spec`. Pure: no file, no clock. A leading UTF-8 byte order
/// mark is skipped, lines end in LF or CRLF, the last one may end without. Rows with a NUL byte are
/// bad rows.
[[nodiscard]] std::optional<format_problem> read_rows(std::string_view text, const feed_spec& spec,
                                                      row_sink& sink);

}  // namespace repute::load
