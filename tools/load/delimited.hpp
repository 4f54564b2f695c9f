// SPDX-License-Identifier: Apache-2.0
// CSV by RFC 4180, and TSV, which knows no quotes; row by row, with positions.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "load/row.hpp"

namespace repute::load {

struct delimited_field {
  std::string_view text;  ///< unquoted; valid until the next row
  position at;
};

/// Splits a text into rows. Quoted fields of CSV may hold delimiters, doubled quotes and line ends.
class delimited_reader {
 public:
  delimited_reader(std::string_view text, char delimiter) noexcept
      : text_(text), delimiter_(delimiter) {}

  enum class outcome { row, comment, bad, end };

  /// Reads the next row into fields(); empty lines are skipped, lines that begin with '#' are
  /// comments. `bad` sets problem(); reading goes on with the next line, and if quotes had joined
  /// several lines, with the one after the first quote that did.
  [[nodiscard]] outcome next();

  [[nodiscard]] const std::vector<delimited_field>& fields() const noexcept { return fields_; }
  [[nodiscard]] const format_problem& problem() const noexcept { return problem_; }
  /// The row as it stands in the text.
  [[nodiscard]] std::string_view original() const noexcept { return original_; }

 private:
  [[nodiscard]] bool read_row();
  [[nodiscard]] bool read_quoted(delimited_field& field);
  void read_plain(delimited_field& field) noexcept;
  [[nodiscard]] bool fail(position at, std::string what);
  [[nodiscard]] position here() const noexcept {
    return {line_, static_cast<std::uint32_t>(at_ - line_begin_) + 1};
  }
  [[nodiscard]] bool at_line_end() const noexcept {
    return at_ >= text_.size() || text_[at_] == '\n' ||
           (text_[at_] == '\r' && (at_ + 1 == text_.size() || text_[at_ + 1] == '\n'));
  }
  void skip_line_end() noexcept;

  struct place {
    std::size_t at = 0;
    std::size_t line_begin = 0;
    std::uint32_t line = 1;
  };

  std::string_view text_;
  char delimiter_;
  std::size_t at_ = 0;
  std::size_t line_begin_ = 0;
  std::uint32_t line_ = 1;
  std::optional<place> joining_quote_;  // opens the row's first field with a line end in it
  std::vector<delimited_field> fields_;
  std::deque<std::string> unquoted_;  // owns unquoted texts; a deque never moves them
  std::size_t unquoted_used_ = 0;
  format_problem problem_;
  std::string_view original_;
};

}  // namespace repute::load
