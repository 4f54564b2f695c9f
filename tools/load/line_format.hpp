// SPDX-License-Identifier: Apache-2.0
// Private to the formats.
#pragma once

#include "load/row.hpp"

namespace repute::load {

[[nodiscard]] std::optional<format_problem> read_list(std::string_view text, const feed_spec& spec,
                                                      row_sink& sink);
[[nodiscard]] std::optional<format_problem> read_hosts(std::string_view text, row_sink& sink);
[[nodiscard]] std::optional<format_problem> read_delimited(std::string_view text,
                                                           const feed_spec& spec, char delimiter,
                                                           row_sink& sink);
[[nodiscard]] std::optional<format_problem> read_misp(std::string_view text, row_sink& sink);

/// Cuts spaces and tabs at both ends.
[[nodiscard]] inline std::string_view trim(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t";
  const std::size_t begin = text.find_first_not_of(blanks);
  return begin == std::string_view::npos
             ? std::string_view()
             : text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// Takes lines off a text and counts them.
class line_splitter {
 public:
  explicit line_splitter(std::string_view text) noexcept : rest_(text) {}

  /// The next line without its line end; false at the end of the text.
  [[nodiscard]] bool next(std::string_view& line) noexcept {
    if (rest_.empty()) {
      return false;
    }
    ++number_;
    const std::size_t end = rest_.find('\n');
    line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    return true;
  }
  [[nodiscard]] std::uint32_t number() const noexcept { return number_; }

 private:
  std::string_view rest_;
  std::uint32_t number_ = 0;
};

/// Why a row cannot be read whatever its format; empty if it can.
[[nodiscard]] inline std::string_view unreadable(std::string_view row) noexcept {
  if (row.size() > row_bytes_max) {
    return "longer than 64 KiB";
  }
  if (row.find('\0') != std::string_view::npos) {
    return "a NUL byte";
  }
  return {};
}

/// Column of `part`, which lies within `line`.
[[nodiscard]] inline std::uint32_t column_of(std::string_view line,
                                             std::string_view part) noexcept {
  return static_cast<std::uint32_t>(part.data() - line.data()) + 1;
}

/// At most this much of a bad row is kept for the reject file.
[[nodiscard]] inline std::string_view excerpt(std::string_view row) noexcept {
  return row.substr(0, row_bytes_max);
}

}  // namespace repute::load
