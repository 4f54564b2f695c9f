// SPDX-License-Identifier: Apache-2.0
// Formats of one key, or one address and names, a line.
#include <algorithm>

#include "load/format/formats.hpp"
#include "load/format/hosts_line.hpp"
#include "load/format/lines.hpp"

namespace repute::load {
namespace {

bool has_blanks_in_keys(subject kind) noexcept {
  return kind == subject::text || kind == subject::name_md5 || kind == subject::avrec;
}

// "!KEY" takes a key out of wider rows; mail addresses, texts and file names may begin with '!'.
bool has_exclusions(subject kind) noexcept {
  return kind == subject::ip || kind == subject::domain || kind == subject::url;
}

// Where a comment begins that `mark` opens: at the beginning, or behind a blank.
std::size_t find_comment(std::string_view line, char mark) noexcept {
  for (std::size_t at = 0;;) {
    const std::size_t found = find_byte(line.substr(at), mark);
    if (found == std::string_view::npos) {
      return found;
    }
    at += found;
    if (at == 0 || is_blank(line[at - 1])) {
      return at;
    }
    ++at;
  }
}

// A comment begins a line, or follows a blank where no key holds one: a URL may hold '#'.
std::string_view without_comment(std::string_view line, bool blanks_in_keys) noexcept {
  if (blanks_in_keys) {
    return line.starts_with('#') || line.starts_with(';') ? std::string_view() : line;
  }
  return line.substr(0, std::min(find_comment(line, '#'), find_comment(line, ';')));
}

bool take_hosts_line(std::string_view line, std::uint32_t number, row_sink& sink) {
  std::string_view rest = trim(line.substr(0, line.find('#')));
  if (rest.empty()) {
    return true;
  }
  if (!is_hosts_address(take_word(rest))) {
    return sink.reject({{number, 1}, "a line of a hosts file begins with an address", line});
  }
  if (rest.empty()) {
    return sink.reject({{number, 1}, "no name after the address", line});
  }
  for (std::string_view name = take_word(rest); !name.empty(); name = take_word(rest)) {
    raw_row row;
    row.at = {number, column_of(line, name)};
    row.key = name;
    row.original = line;
    if (!is_own_name(name) && !sink.take(row)) {
      return false;
    }
  }
  return true;
}

}  // namespace

read_result read_list(text_window& window, const feed_spec& spec, row_sink& sink) {
  const bool blanks_in_keys = has_blanks_in_keys(spec.subject);
  const bool exclusions = has_exclusions(spec.subject);
  for_each_line(window, sink, [&](std::string_view line, std::uint32_t number) {
    raw_row row;
    row.original = line;
    row.key = trim(without_comment(line, blanks_in_keys));
    if (exclusions && row.key.starts_with('!')) {
      row.exclusion = true;
      row.key = trim(row.key.substr(1));
      if (row.key.empty()) {
        row.key = line.substr(line.find('!'), 0);
      }
    } else if (row.key.empty()) {
      return true;
    }
    row.at = {number, column_of(line, row.key)};
    return sink.take(row);
  });
  return std::nullopt;
}

read_result read_openphish(text_window& window, row_sink& sink) {
  for_each_line(window, sink, [&](std::string_view line, std::uint32_t number) {
    raw_row row;
    row.original = line;
    row.key = trim(without_comment(line, false));
    row.at = {number, column_of(line, row.key)};
    row.subject = subject::url;
    return row.key.empty() || sink.take(row);
  });
  return std::nullopt;
}

read_result read_hosts(text_window& window, row_sink& sink) {
  for_each_line(window, sink, [&](std::string_view line, std::uint32_t number) {
    return take_hosts_line(line, number, sink);
  });
  return std::nullopt;
}

}  // namespace repute::load
