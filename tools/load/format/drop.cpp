// SPDX-License-Identifier: Apache-2.0
// Spamhaus DROP, EDROP and DROPv6: `NETWORK ; SBLNUMBER`. The same as JSON lines is in
// json_lines.cpp; a file may be either, and its first character tells which.
#include "load/format/formats.hpp"
#include "load/format/json_lines.hpp"
#include "load/format/lines.hpp"

namespace repute::load {
namespace {

// Lists of autonomous systems have the same form, and no key.
bool is_as_number(std::string_view text) noexcept {
  return text.size() > 2 && begins_ignoring_case(text, "AS") && text[2] >= '0' && text[2] <= '9';
}

bool take_text(std::string_view line, std::uint32_t number, row_sink& sink) {
  const std::size_t mark = line.find_first_of(";#");
  raw_row row;
  row.key = trim(line.substr(0, mark));
  if (row.key.empty()) {
    return true;
  }
  if (is_as_number(row.key)) {
    sink.skip();
    return true;
  }
  row.at = {number, column_of(line, row.key)};
  row.subject = subject::ip;
  row.original = line;
  row.reason = mark == std::string_view::npos ? "" : trim(line.substr(mark + 1));
  return sink.take(row);
}

}  // namespace

read_result read_drop(text_window& window, row_sink& sink) {
  json_line_reader json;
  for_each_line(window, sink, [&](std::string_view line, std::uint32_t number) {
    return trim(line).starts_with('{') ? json.take_drop(line, number, sink)
                                       : take_text(line, number, sink);
  });
  return std::nullopt;
}

}  // namespace repute::load
