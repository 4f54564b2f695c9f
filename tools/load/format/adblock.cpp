// SPDX-License-Identifier: Apache-2.0
// Lists for ad blockers. Only `||HOST^` (the name and all under it) and its exception
// `@@||HOST^` speak of names alone; all other rules need a browser and are skipped.
#include <algorithm>

#include "load/format/formats.hpp"
#include "load/format/ip_range.hpp"
#include "load/format/lines.hpp"

namespace repute::load {
namespace {

// The host of `||HOST^` or `||HOST^|`; empty if the rule says more than that.
std::string_view host_of(std::string_view rule) noexcept {
  if (!rule.starts_with("||")) {
    return {};
  }
  rule.remove_prefix(2);
  if (rule.ends_with('|')) {
    rule.remove_suffix(1);
  }
  if (!rule.ends_with('^')) {
    return {};
  }
  rule.remove_suffix(1);
  return rule.find_first_of("/*^$|?:#=~, \t") == std::string_view::npos ? rule : std::string_view();
}

// `! comment`, `[Adblock Plus 2.0]`, and comments of lists that are hosts files at heart. A rule
// that hides elements may begin with `##` as well.
bool is_comment(std::string_view text) noexcept {
  return text.starts_with('!') || text.starts_with('[') || text == "#" || text.starts_with("# ");
}

bool take_line(std::string_view line, std::uint32_t number, row_sink& sink) {
  const std::string_view text = trim(line);
  if (text.empty() || is_comment(text)) {
    return true;
  }
  raw_row row;
  row.exclusion = text.starts_with("@@");
  row.key = host_of(text.substr(row.exclusion ? 2 : 0));
  if (row.key.empty()) {
    sink.skip();
    return true;
  }
  row.at = {number, column_of(line, row.key)};
  row.original = line;
  if (const auto address = parse_ip4_range(row.key, false); address && address->bits == 32) {
    row.subject = subject::ip;
  } else {
    row.subject = subject::domain;
    row.match = name_match::both;
  }
  return sink.take(row);
}

}  // namespace

read_result read_adblock(text_window& window, row_sink& sink) {
  for_each_line(window, sink, [&](std::string_view line, std::uint32_t number) {
    return take_line(line, number, sink);
  });
  return std::nullopt;
}

}  // namespace repute::load
