// SPDX-License-Identifier: Apache-2.0
// Formats of one key or one address and names a line.
#include "load/line_format.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace repute::load {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool has_blanks_in_keys(subject kind) noexcept {
  return kind == subject::text || kind == subject::name_md5 || kind == subject::avrec;
}

// "!KEY" takes a key out of wider rows; mail addresses, texts and file names may begin with '!'.
bool has_exclusions(subject kind) noexcept {
  return kind == subject::ip || kind == subject::domain || kind == subject::url;
}

// A comment begins a line, or follows a blank where no key holds one: a URL may hold '#'.
std::string_view without_comment(std::string_view line, subject kind) noexcept {
  if (has_blanks_in_keys(kind)) {
    return line.starts_with('#') || line.starts_with(';') ? std::string_view() : line;
  }
  for (std::size_t i = 0; i < line.size(); ++i) {
    if ((line[i] == '#' || line[i] == ';') &&
        (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')) {
      return line.substr(0, i);
    }
  }
  return line;
}

bool is_address(std::string_view text) {
  text = text.substr(0, text.find('%'));  // fe80::1%lo0: the zone is the machine's own affair
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  std::array<unsigned char, 16> binary{};
  if (text.size() >= terminated.size()) {
    return false;
  }
  std::copy(text.begin(), text.end(), terminated.begin());
  return inet_pton(AF_INET, terminated.data(), binary.data()) == 1 ||
         inet_pton(AF_INET6, terminated.data(), binary.data()) == 1;
}

// Names that hosts files carry for the machine itself.
bool is_own_name(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 12> own{
      "localhost",     "localhost.localdomain", "local",        "broadcasthost",
      "ip6-localhost", "ip6-loopback",          "ip6-localnet", "ip6-mcastprefix",
      "ip6-allnodes",  "ip6-allrouters",        "ip6-allhosts", "0.0.0.0"};
  return std::any_of(own.begin(), own.end(), [name](std::string_view each) {
    return std::equal(each.begin(), each.end(), name.begin(), name.end(), [](char a, char b) {
      return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b);
    });
  });
}

// The next word of `rest`, which shrinks; empty at the end.
std::string_view take_word(std::string_view& rest) noexcept {
  rest = trim(rest);
  const std::string_view found = rest.substr(0, rest.find_first_of(" \t"));
  rest.remove_prefix(found.size());
  return found;
}

}  // namespace

std::optional<format_problem> read_list(std::string_view text, const feed_spec& spec,
                                        row_sink& sink) {
  line_splitter lines(text);
  for (std::string_view line; lines.next(line);) {
    if (const std::string_view why = unreadable(line); !why.empty()) {
      if (!sink.reject({{lines.number(), 1}, std::string(why), excerpt(line)})) {
        return std::nullopt;
      }
      continue;
    }
    raw_row row;
    row.original = line;
    row.key = trim(without_comment(line, spec.subject));
    if (has_exclusions(spec.subject) && row.key.starts_with('!')) {
      row.exclusion = true;
      row.key = trim(row.key.substr(1));
      if (row.key.empty()) {
        row.key = line.substr(line.find('!'), 0);
      }
    } else if (row.key.empty()) {
      continue;
    }
    row.at = {lines.number(), column_of(line, row.key)};
    if (!sink.take(row)) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<format_problem> read_hosts(std::string_view text, row_sink& sink) {
  line_splitter lines(text);
  for (std::string_view line; lines.next(line);) {
    std::string_view why = unreadable(line);
    std::string_view rest = why.empty() ? trim(line.substr(0, line.find('#'))) : "";
    if (why.empty() && rest.empty()) {
      continue;
    }
    const std::string_view address = take_word(rest);
    if (why.empty() && !is_address(address)) {
      why = "a line of a hosts file begins with an address";
    } else if (why.empty() && trim(rest).empty()) {
      why = "no name after the address";
    }
    if (!why.empty()) {
      if (!sink.reject({{lines.number(), 1}, std::string(why), excerpt(line)})) {
        return std::nullopt;
      }
      continue;
    }
    for (std::string_view name = take_word(rest); !name.empty(); name = take_word(rest)) {
      raw_row row;
      row.at = {lines.number(), column_of(line, name)};
      row.key = name;
      row.original = line;
      if (!is_own_name(name) && !sink.take(row)) {
        return std::nullopt;
      }
    }
  }
  return std::nullopt;
}

std::optional<format_problem> read_rows(std::string_view text, const feed_spec& spec,
                                        row_sink& sink) {
  if (text.starts_with(byte_order_mark)) {
    text.remove_prefix(byte_order_mark.size());
  }
  switch (spec.format) {
    case feed_format::list:
      return read_list(text, spec, sink);
    case feed_format::hosts:
      return read_hosts(text, sink);
    case feed_format::csv:
      return read_delimited(text, spec, ',', sink);
    case feed_format::tsv:
      return read_delimited(text, spec, '\t', sink);
    case feed_format::misp:
      return read_misp(text, sink);
  }
  return std::nullopt;
}

}  // namespace repute::load
