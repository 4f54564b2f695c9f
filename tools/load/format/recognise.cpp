// SPDX-License-Identifier: Apache-2.0
// Which format a feed has, from its first bytes. What several formats could be is a plain list.
#include <algorithm>
#include <array>

#include "load/format/formats.hpp"
#include "load/format/hosts_line.hpp"
#include "load/format/ip_range.hpp"
#include "load/format/text.hpp"

namespace repute::load {
namespace {

constexpr std::size_t head_max = std::size_t{64} << 10;
constexpr std::size_t lines_max = 400;

bool contains(std::string_view text, std::string_view part) noexcept {
  return text.find(part) != std::string_view::npos;
}

bool contains_all(std::string_view text, std::initializer_list<std::string_view> parts) noexcept {
  return std::ranges::all_of(parts, [&](std::string_view part) { return contains(text, part); });
}

bool is_url(std::string_view text) noexcept {
  return begins_ignoring_case(text, "http://") || begins_ignoring_case(text, "https://");
}

bool is_ip4(std::string_view text) noexcept {
  return parse_ip4_range(text, true).has_value();
}

bool is_ip6(std::string_view text) noexcept {
  return std::ranges::count(text, ':') >= 2 &&
         text.find_first_not_of("0123456789abcdefABCDEF:./") == std::string_view::npos;
}

// A line of columns that only one publisher has, in a comment or a header row.
std::optional<feed_format> by_header(std::string_view line) noexcept {
  if (contains_all(line, {"ioc_value", "ioc_type"})) {
    return feed_format::threatfox;
  }
  if (contains_all(line, {"sha256_hash", "md5_hash"})) {
    return feed_format::malwarebazaar;
  }
  if (contains_all(line, {"urlhaus_link", "url_status"})) {
    return feed_format::urlhaus;
  }
  if (contains_all(line, {"dst_ip", "dst_port"})) {
    return feed_format::feodo;
  }
  if (contains_all(line, {"phish_id", "verified", "online"})) {
    return feed_format::phishtank;
  }
  return contains_all(line, {"SHA-1", "MD5", "CRC32", "SpecialCode"})
             ? std::optional(feed_format::nsrl)
             : std::nullopt;
}

// `:127.0.0.2:Listed` or `:2:Listed`: defaults that only rbldnsd has.
bool is_default_value(std::string_view line) noexcept {
  const std::size_t second = line.find(':', 1);
  return line.starts_with(':') && !line.starts_with("::") && second != std::string_view::npos &&
         (is_ip4(line.substr(1, second - 1)) || small_number(line.substr(1, second - 1)));
}

// What stands behind the address in a hosts file.
bool is_host_name(std::string_view text) noexcept {
  return is_own_name(text) ||
         (contains(text, ".") && text.find_first_of(":;#") == std::string_view::npos);
}

// Tallies of a text's lines.
class line_tally {
 public:
  /// Empty once the format is known.
  std::optional<feed_format> add(std::string_view line) {
    const std::string_view text = trim(line);
    if (text.empty()) {
      return std::nullopt;
    }
    if (const auto known = by_header(text)) {
      return known;
    }
    if (text.starts_with("||") || text.starts_with("@@||") ||
        begins_ignoring_case(text, "[adblock")) {
      return feed_format::adblock;
    }
    if (text.starts_with('$')) {
      return add_special(text);
    }
    if (text.starts_with('#') || text.starts_with(';')) {
      return std::nullopt;
    }
    add_entry(line, text);
    return std::nullopt;
  }

  [[nodiscard]] feed_format best() const noexcept {
    if (zone_records_ > 0 && (origin_ || zone_records_ * 2 >= entries_)) {
      return feed_format::rpz;
    }
    if (rbldnsd_ || wildcards_ * 2 > entries_ || ranges_ > 0) {
      return rbldnsd_type();
    }
    if (all(hosts_)) {
      return feed_format::hosts;
    }
    if (all(drops_)) {
      return feed_format::drop;
    }
    if (all(urls_)) {
      return feed_format::openphish;
    }
    if (entries_ > 1 && all(tabbed_)) {
      return feed_format::tsv;
    }
    return entries_ > 1 && all(commas_) ? feed_format::csv : feed_format::list;
  }

 private:
  [[nodiscard]] bool all(std::size_t count) const noexcept {
    return count > 0 && count == entries_;
  }

  std::optional<feed_format> add_special(std::string_view text) {
    if (begins_ignoring_case(text, "$dataset")) {
      return feed_format::combined;
    }
    origin_ = origin_ || begins_ignoring_case(text, "$origin");
    for (const std::string_view special :
         {"$soa ", "$ns ", "$timestamp ", "$maxrange4 ", "$= ", "$1 ", "$2 ", "$0 "}) {
      rbldnsd_ = rbldnsd_ || begins_ignoring_case(text, special);
    }
    return std::nullopt;
  }

  void add_entry(std::string_view line, std::string_view text) {
    if (is_default_value(text)) {
      rbldnsd_ = true;
      return;
    }
    ++entries_;
    std::string_view rest = text;
    const std::string_view first = take_word(rest);
    const std::string_view second = take_word(rest);
    const std::string_view key = first.starts_with('!') ? first.substr(1) : first;
    const bool address = is_ip4(first) || is_ip6(first);
    ip4_ += is_ip4(key) ? 1U : 0U;
    ip6_ += is_ip6(key) ? 1U : 0U;
    ranges_ += is_ip4(key) && contains(key, "-") ? 1U : 0U;
    wildcards_ += key.starts_with("*.") || key.starts_with('.') ? 1U : 0U;
    urls_ += is_url(first) && second.empty() ? 1U : 0U;
    hosts_ += is_hosts_address(first) && is_host_name(second) ? 1U : 0U;
    drops_ += address && contains(text, "; SBL") ? 1U : 0U;
    zone_records_ += is_zone_record(text) ? 1U : 0U;
    count_delimiters(line);
  }

  static bool is_zone_record(std::string_view text) noexcept {
    std::string_view rest = text;
    for (std::string_view word = take_word(rest); !word.empty(); word = take_word(rest)) {
      if (same_ignoring_case(word, "CNAME") || same_ignoring_case(word, "SOA")) {
        return true;
      }
    }
    return false;
  }

  // A table has the same number of columns in each row; a text has not.
  void count_delimiters(std::string_view line) {
    const auto tabs = static_cast<std::size_t>(std::ranges::count(line, '\t'));
    std::size_t commas = 0;
    bool quoted = false;
    for (const char c : line) {
      quoted ^= c == '"';
      commas += c == ',' && !quoted ? 1U : 0U;
    }
    if (entries_ == 1) {
      tabs_ = tabs;
      columns_ = commas;
    }
    tabbed_ += tabs > 0 && tabs == tabs_ ? 1U : 0U;
    commas_ += commas > 0 && commas == columns_ ? 1U : 0U;
  }

  [[nodiscard]] feed_format rbldnsd_type() const noexcept {
    if (ip6_ > ip4_) {
      return feed_format::ip6trie;
    }
    return ip4_ * 2 > entries_ ? feed_format::ip4set : feed_format::dnset;
  }

  std::size_t entries_ = 0;
  std::size_t ip4_ = 0;
  std::size_t ip6_ = 0;
  std::size_t ranges_ = 0;
  std::size_t wildcards_ = 0;
  std::size_t urls_ = 0;
  std::size_t hosts_ = 0;
  std::size_t drops_ = 0;
  std::size_t zone_records_ = 0;
  std::size_t tabbed_ = 0;
  std::size_t commas_ = 0;
  std::size_t tabs_ = 0;     // of the first entry
  std::size_t columns_ = 0;  // commas of the first entry
  bool rbldnsd_ = false;
  bool origin_ = false;
};

std::optional<feed_format> by_json(std::string_view head) noexcept {
  const std::string_view first = head.substr(0, head.find('\n'));
  const std::string_view line =
      trim(first.ends_with('\r') ? first.substr(0, first.size() - 1) : first);
  const bool more = head.find_first_not_of(" \t\r\n", first.size()) != std::string_view::npos;
  const bool lines = more && line.size() > 2 && line.starts_with('{') && line.ends_with('}');
  if (lines || contains_all(line, {"\"cidr\"", "\"sblid\""})) {
    return contains(line, "\"cidr\"") || contains(line, "\"sblid\"") ? feed_format::drop
                                                                     : feed_format::jsonl;
  }
  if (contains(head, "\"Event\"")) {
    return feed_format::misp_event;
  }
  if (contains(head, "\"pattern_type\"") || contains(head, "\"spec_version\"") ||
      contains_all(head, {"\"objects\"", "\"bundle\""})) {
    return feed_format::stix;
  }
  if (contains(head, "\"list\"") && (contains(head, "\"type\"") || head.size() == head_max)) {
    return feed_format::misp;
  }
  return head.starts_with('{') ? std::optional(feed_format::jsonl) : std::nullopt;
}

}  // namespace

feed_format recognise(std::string_view head) {
  head = head.substr(0, head_max);
  if (head.starts_with(sqlite_magic)) {
    return feed_format::nsrl;
  }
  const bool cut = head.size() == head_max;
  head.remove_prefix(std::min(head.find_first_not_of(" \t\r\n"), head.size()));
  if (head.starts_with('{') || head.starts_with('[')) {
    if (const auto format = by_json(head)) {
      return *format;
    }
  }
  line_tally tally;
  for (std::size_t lines = 0; lines < lines_max && !head.empty(); ++lines) {
    const std::size_t end = find_byte(head, '\n');
    if (end == std::string_view::npos && cut && lines > 0) {
      break;  // half a line says little
    }
    const std::string_view line = head.substr(0, end);
    if (const auto known =
            tally.add(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line)) {
      return *known;
    }
    head.remove_prefix(end == std::string_view::npos ? head.size() : end + 1);
  }
  return tally.best();
}

}  // namespace repute::load
