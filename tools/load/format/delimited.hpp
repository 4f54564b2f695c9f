// SPDX-License-Identifier: Apache-2.0
// CSV by RFC 4180, and TSV, which knows no quotes; row by row, with positions.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "load/format/text_window.hpp"
#include "load/row.hpp"

namespace repute::load {

struct delimited_field {
  std::string_view text;  ///< unquoted; valid until the next row
  position at;
};

/// How fields are told apart.
struct delimited_dialect {
  char delimiter = ',';
  bool quotes = true;         ///< a field may stand in double quotes
  bool loose_quotes = false;  ///< blanks may stand around a quoted field: `"a", "b"`
};

/// No kind has keys of several lines: where a key spans them, a quote was forgotten.
inline constexpr const char* key_of_lines = "a key with a line end in it";

/// Splits a text into rows. Quoted fields of CSV may hold delimiters, doubled quotes and line ends.
class delimited_reader {
 public:
  /// `window` outlives the reader.
  delimited_reader(text_window& window, delimited_dialect dialect) noexcept
      : window_(window), dialect_(dialect) {}

  enum class outcome { row, comment, bad, end };

  /// Reads the next row into fields(); empty lines are skipped, lines that begin with '#' are
  /// comments. `bad` sets problem(); reading goes on with the row's second line, so that a
  /// forgotten quote, which joins lines, costs no good rows.
  [[nodiscard]] outcome next();

  /// True if the row that was read has a line end in a quoted field.
  [[nodiscard]] bool joins_lines() const noexcept { return joining_quote_.has_value(); }
  /// Makes the row that was read a bad one, as if next() had found it so: problem() is set, and
  /// lines that a quote joined to its first one are read as rows of their own.
  void refuse(position at, std::string what) { static_cast<void>(fail(at, std::move(what))); }

  [[nodiscard]] const std::vector<delimited_field>& fields() const noexcept { return fields_; }
  /// What is wrong with a bad row.
  [[nodiscard]] const format_problem& problem() const noexcept { return problem_; }
  /// The row or comment as it stands in the text; of one that is too long only the beginning.
  [[nodiscard]] std::string_view original() const noexcept { return original_; }
  [[nodiscard]] std::uint32_t line() const noexcept { return first_line_; }

 private:
  [[nodiscard]] outcome take_comment();
  [[nodiscard]] bool split_plain_line(std::size_t line_end);
  [[nodiscard]] bool read_row();
  [[nodiscard]] bool read_quoted(delimited_field& field);
  [[nodiscard]] bool take_quoted_text(std::string_view& text, position open);
  void read_plain(delimited_field& field) noexcept;
  [[nodiscard]] bool check_bytes();
  [[nodiscard]] bool fail(position at, std::string what);
  [[nodiscard]] position here() const noexcept {
    return {line_, static_cast<std::uint32_t>(at_ - line_begin_) + 1};
  }
  [[nodiscard]] bool at_line_end() const noexcept {
    return at_ >= text_.size() || text_[at_] == '\n' ||
           (text_[at_] == '\r' && (at_ + 1 >= text_.size() || text_[at_ + 1] == '\n'));
  }
  void skip_blanks() noexcept;
  void finish_row() noexcept;
  void skip_first_line();

  text_window& window_;
  delimited_dialect dialect_;
  std::uint32_t next_line_ = 1;     // number of the line at the window's place
  std::uint32_t first_line_ = 1;    // of the row
  std::size_t consumed_ = 0;        // by the row; passed over when the next one is read
  bool first_line_is_over_ = true;  // false: the rest of a bad row's first line is passed over, too

  // The row being read: text_ is all that it may use.
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_begin_ = 0;
  std::uint32_t line_ = 1;
  std::optional<position> joining_quote_;  // opens the row's first field with a line end in it
  std::vector<delimited_field> fields_;
  std::deque<std::string> unquoted_;  // owns texts with doubled quotes; a deque never moves them
  std::size_t unquoted_used_ = 0;
  format_problem problem_;
  std::string_view original_;
};

}  // namespace repute::load
