// SPDX-License-Identifier: Apache-2.0
// Lines of a text that is read through a window.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "load/format/text.hpp"
#include "load/format/text_window.hpp"

namespace repute::load {

[[nodiscard]] inline std::string_view without_return(std::string_view line) noexcept {
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

/// Takes lines off a window. A line ends in LF or CRLF, the last one may end without.
class line_reader {
 public:
  explicit line_reader(text_window& window) noexcept : window_(window) {}

  /// Goes to the next line; false at the end of the text.
  [[nodiscard]] bool next() {
    window_.skip(consumed_);
    std::string_view text = window_.ahead(1);
    if (text.empty()) {
      consumed_ = 0;
      return false;
    }
    ++number_;
    std::size_t end = find_byte(text, '\n');
    if (end == std::string_view::npos) {
      text = window_.ahead(row_bytes_max + 2);  // the line, CR and LF
      end = find_byte(text.substr(0, row_bytes_max + 2), '\n');
    }
    if (end == std::string_view::npos) {
      take_last_or_overlong(text);
    } else {
      line_ = without_return(text.substr(0, end));
      consumed_ = end + 1;
    }
    return true;
  }

  /// The line without its line end; of one that is too long only the beginning. Valid until next().
  [[nodiscard]] std::string_view line() const noexcept { return line_; }
  [[nodiscard]] std::uint32_t number() const noexcept { return number_; }

  /// True if the line can be looked at: not too long, UTF-8, no NUL byte in it.
  [[nodiscard]] bool readable() const noexcept {
    return line_.size() <= row_bytes_max &&
           (window_.plain() || readable_prefix(line_) == line_.size());
  }
  /// Why it is not readable, and where.
  [[nodiscard]] bad_row why_unreadable() const;

 private:
  void take_last_or_overlong(std::string_view text);

  text_window& window_;
  std::string_view line_;
  std::string overlong_;  // beginning of a line that is longer than the window
  std::size_t consumed_ = 0;
  std::uint32_t number_ = 0;
};

/// Calls `take(line, number)` for each readable line, and rejects the others. Stops when the sink
/// or `take` returns false.
template <class Take>
void for_each_line(text_window& window, row_sink& sink, Take&& take) {
  line_reader lines(window);
  while (lines.next()) {
    const bool go_on =
        lines.readable() ? take(lines.line(), lines.number()) : sink.reject(lines.why_unreadable());
    if (!go_on) {
      return;
    }
  }
}

}  // namespace repute::load
