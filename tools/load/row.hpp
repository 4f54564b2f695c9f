// SPDX-License-Identifier: Apache-2.0
// What the formats produce: rows as the feed wrote them, and rows that it got wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "load/feed_spec.hpp"

namespace repute::load {

class input;

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
  bool exclusion = false;                  ///< `!key` in a list
  std::optional<name_match> match;         ///< said by the row itself; empty: the feed's
  std::optional<repute::subject> subject;  ///< said by the row itself; empty: the feed's
  std::string_view score;                  ///< of a score column, or said by the row itself
  std::string_view begins;                 ///< when the row comes into force; empty: at once
  std::string_view expires;                ///< when it ends; empty: as the feed says
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
  /// A row that is well-formed and not for us: of a kind without keys, or not wanted by the feed.
  virtual void skip() {}
  /// The format of a file whose feed says "auto"; before its first row.
  virtual void recognised(feed_format) {}
};

/// A file that is no such feed at all: no JSON, no header row, an unknown column.
struct format_problem {
  position at;
  std::string what;
};

/// Longest row taken, in bytes; longer ones are bad rows.
inline constexpr std::size_t row_bytes_max = std::size_t{64} << 10;

/// Reads a feed in the format of `spec`, piece by piece: memory is bounded whatever the size, but
/// for JSON documents (misp, misp_event, stix), which are read whole, at most 1 GiB. Pure: no
/// clock, and no file but those that an input stands for. A leading UTF-8 byte order mark is
/// skipped, lines end in LF or CRLF, the last one may end without. Rows that are too long, have a
/// NUL byte or are not UTF-8 are bad rows. If the input fails, so does the file, at the place
/// reached.
[[nodiscard]] std::optional<format_problem> read_rows(input& from, const feed_spec& spec,
                                                      row_sink& sink);
/// The same for a text in memory.
[[nodiscard]] std::optional<format_problem> read_rows(std::string_view text, const feed_spec& spec,
                                                      row_sink& sink);

/// The format that a feed most likely has, from its first bytes (64 KiB of them are enough, fewer
/// only if it is shorter). What is no format of its own is a `list`.
[[nodiscard]] feed_format recognise(std::string_view head);

}  // namespace repute::load
