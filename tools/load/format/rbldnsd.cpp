// SPDX-License-Identifier: Apache-2.0
// Data files of rbldnsd: ip4set, ip4trie, ip6trie, dnset, and combined, which holds several of
// them. Written from its manual page, rbldnsd(8).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "load/format/formats.hpp"
#include "load/format/ip_range.hpp"
#include "load/format/lines.hpp"
#include "load/format/rbldnsd_value.hpp"

namespace repute::load {
namespace {

enum class dataset { none, ip4set, ip4trie, ip6trie, dnset, skipped };

bool begins_comment(std::string_view text) noexcept {
  return text.starts_with('#') || text.starts_with(';');
}

dataset dataset_of(std::string_view type) noexcept {
  constexpr std::array<std::pair<std::string_view, dataset>, 8> types{
      {{"ip4set", dataset::ip4set},
       {"ip4tset", dataset::ip4set},
       {"ip4trie", dataset::ip4trie},
       {"ip6trie", dataset::ip6trie},
       {"ip6tset", dataset::ip6trie},
       {"dnset", dataset::dnset},
       {"generic", dataset::skipped},  // records of a zone, no listings
       {"acl", dataset::skipped}}};
  const auto* at = std::ranges::find(types, type, &std::pair<std::string_view, dataset>::first);
  return at == types.end() ? dataset::none : at->second;
}

// `yyyy:mm:dd[:hh[:mi[:ss]]]`, delimiters `:` or `-` or none, as `yyyy-mm-dd hh:mm:ss`; `0` and
// `-` are empty. Nothing if it is no such time.
std::optional<std::string> timestamp_text(std::string_view text) {
  if (text == "0" || text == "-") {
    return std::string();
  }
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (c != ':' && c != '-') {
      return std::nullopt;
    }
  }
  if (digits.size() < 8 || digits.size() > 14 || digits.size() % 2 != 0) {
    return std::nullopt;
  }
  digits.resize(14, '0');
  const std::string_view d = digits;
  std::string time = fmt::format("{}-{}-{} {}:{}:{}", d.substr(0, 4), d.substr(4, 2),
                                 d.substr(6, 2), d.substr(8, 2), d.substr(10, 2), d.substr(12, 2));
  return parse_time_unix_s(time) ? std::optional(std::move(time)) : std::nullopt;
}

class rbldnsd_reader {
 public:
  rbldnsd_reader(const feed_spec& spec, row_sink& sink)
      : sink_(sink), combined_(spec.format == feed_format::combined) {
    if (!combined_) {
      dataset_ = dataset_of(word(spec.format));
    }
    hash_zone_ = dataset_ == dataset::dnset && spec.subject != subject::domain;
  }

  bool take(std::string_view line, std::uint32_t number) {
    line_ = line;
    number_ = number;
    const std::string_view text = trim(line);
    if (text.starts_with('$') ||
        (text.size() > 1 && text[1] == '$' && (begins_comment(text) || text.front() == ':'))) {
      return take_special(text);
    }
    if (text.empty() || begins_comment(text)) {
      return true;
    }
    switch (dataset_) {
      case dataset::none:
        return reject(text, "an entry before the first $DATASET");
      case dataset::skipped:
        sink_.skip();
        return true;
      default:
        break;
    }
    // "::1" is an address, not a line of defaults.
    const bool address = dataset_ == dataset::ip6trie && text.starts_with("::");
    return text.front() == ':' && !address ? take_defaults(text) : take_entry(text);
  }

 private:
  bool reject(std::string_view where, std::string why) {
    return sink_.reject({{number_, column_of(line_, where)}, std::move(why), line_});
  }

  // --- lines that begin with a dollar sign ---

  bool take_special(std::string_view text) {
    const bool in_comment = text.front() != '$';
    std::string_view rest = text.substr(in_comment ? 2 : 1);
    const std::string_view name = take_word(rest);
    rest = trim(rest);
    if (same_ignoring_case(name, "soa") || same_ignoring_case(name, "ns") ||
        same_ignoring_case(name, "nameserver") || same_ignoring_case(name, "ttl")) {
      return true;  // about the zone, not about what is listed
    }
    if (same_ignoring_case(name, "timestamp")) {
      return take_timestamp(text, rest);
    }
    if (same_ignoring_case(name, "maxrange4")) {
      return take_largest_range(text, rest);
    }
    if (same_ignoring_case(name, "dataset") && combined_) {
      return take_dataset(text, rest);
    }
    if (name.size() == 1 && (name[0] == '=' || (name[0] >= '0' && name[0] <= '9'))) {
      std::string& variable = name[0] == '='
                                  ? variables_.base
                                  : variables_.numbered[static_cast<std::size_t>(name[0] - '0')];
      if (variable.empty()) {
        variable = rest;
      }
      return true;
    }
    // "#$Id$" is a comment after all.
    return in_comment ||
           reject(text, fmt::format("unknown special entry \"${}\"", name.substr(0, 40)));
  }

  bool take_timestamp(std::string_view text, std::string_view rest) {
    const auto made = timestamp_text(take_word(rest));
    rest = trim(rest);
    if (!made) {
      return reject(text, "a time stamp that is no time");
    }
    begins_ = *made;
    if (rest.empty()) {
      return true;
    }
    if (rest.front() == '+') {
      const auto after_s = parse_duration_s(rest.substr(1));
      if (!after_s || made->empty()) {
        return reject(rest, "an expiry that is no time");
      }
      expires_ = std::to_string(*parse_time_unix_s(*made) + *after_s);
      return true;
    }
    const auto until = timestamp_text(rest);
    expires_ = until.value_or(expires_);
    return until || reject(rest, "an expiry that is no time");
  }

  bool take_largest_range(std::string_view text, std::string_view rest) {
    const bool prefix = rest.starts_with('/');
    const std::string_view digits = rest.substr(prefix ? 1 : 0);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || (prefix && value > 32) ||
        (!prefix && (value == 0 || value > std::uint64_t{1} << 32))) {
      return reject(text, "$MAXRANGE4 is a number of addresses or a prefix length");
    }
    const std::uint64_t addresses = prefix ? std::uint64_t{1} << (32 - value) : value;
    largest_range_ = std::min(largest_range_, addresses);  // it cannot be raised again
    return true;
  }

  bool take_dataset(std::string_view text, std::string_view rest) {
    const std::string_view type = take_word(rest);
    const std::string_view name = type.substr(0, type.find(':'));
    if (dataset_ == dataset::none) {
      common_ = variables_;
    }
    variables_ = common_;
    default_a_.clear();
    default_txt_.clear();
    dataset_ = dataset_of(name);
    if (dataset_ == dataset::none) {
      dataset_ = dataset::skipped;
      return reject(text, fmt::format("unknown dataset type \"{}\"", name.substr(0, 40)));
    }
    return true;
  }

  // --- entries ---

  [[nodiscard]] rbldnsd_value defaults() const noexcept { return {default_a_, default_txt_}; }

  bool take_defaults(std::string_view text) {
    const auto value = parse_rbldnsd_value(text, {});
    if (!value) {
      return reject(text, "no address between the colons");
    }
    default_a_ = value->a;
    default_txt_ = value->txt;
    return true;
  }

  bool take_entry(std::string_view text) {
    raw_row row;
    row.original = line_;
    row.begins = begins_;
    row.expires = expires_;
    row.exclusion = text.front() == '!';
    if (row.exclusion) {
      text = trim(text.substr(1));
    }
    const bool v4 = dataset_ == dataset::ip4set || dataset_ == dataset::ip4trie;
    const std::string_view key = text.substr(0, text.find_first_of(v4 ? " \t:#;" : " \t"));
    const auto value = parse_rbldnsd_value(text.substr(key.size()), defaults());
    row.at = {number_, column_of(line_, key)};
    if (!value && !row.exclusion) {
      return reject(text.substr(key.size()), "no address between the colons");
    }
    value_ = value.value_or(rbldnsd_value{});
    switch (dataset_) {
      case dataset::ip6trie:
        return take_ip6(row, key);
      case dataset::dnset:
        return take_name(row, key);
      default:
        return take_ip4(row, key);
    }
  }

  bool take(raw_row& row, std::string_view shown) {
    if (!row.exclusion) {
      expand_rbldnsd_text(value_.txt, shown, variables_, reason_);
      if (reason_.empty()) {
        reason_ = full_address(value_.a);
      }
      row.reason = reason_;
    }
    return sink_.take(row);
  }

  bool take_ip4(raw_row& row, std::string_view key) {
    auto range = parse_ip4_range(key, dataset_ == dataset::ip4set);
    if (!range) {
      return reject(key, "not an IPv4 address, network or range");
    }
    if (std::uint64_t{range->last} - range->first + 1 > largest_range_ && !row.exclusion) {
      return reject(key, fmt::format("more than the {} addresses of $MAXRANGE4", largest_range_));
    }
    row.subject = subject::ip;
    std::uint32_t address = range->first;
    unsigned bits = range->bits;
    if (!range->is_range) {
      return take_network(row, address, bits);  // as written: bits behind the prefix are an error
    }
    while (next_network(*range, address, bits)) {
      if (!take_network(row, address, bits)) {
        return false;
      }
    }
    return true;
  }

  bool take_network(raw_row& row, std::uint32_t address, unsigned bits) {
    std::array<char, 32> text{};
    auto out = fmt::format_to_n(text.data(), text.size(), "{}.{}.{}.{}", address >> 24,
                                address >> 16 & 255, address >> 8 & 255, address & 255);
    if (bits != 32) {
      out = fmt::format_to_n(out.out, 4, "/{}", bits);
    }
    row.key = {text.data(), static_cast<std::size_t>(out.out - text.data())};
    return take(row, row.key);
  }

  bool take_ip6(raw_row& row, std::string_view key) {
    std::array<char, 64> text{};
    row.key = ip6_network(key, text.data());
    if (row.key.empty()) {
      return reject(key, "not an IPv6 address or network");
    }
    row.subject = subject::ip;
    return take(row, row.key);
  }

  bool take_name(raw_row& row, std::string_view key) {
    if (key.starts_with("*.")) {
      row.match = name_match::subdomains;
      key.remove_prefix(2);
    } else if (key.starts_with('.')) {
      row.match = name_match::both;
      key.remove_prefix(1);
    } else {
      row.match = name_match::exact;
    }
    row.key = key;
    if (!hash_zone_) {
      row.subject = subject::domain;
    }
    return take(row, key);
  }

  row_sink& sink_;
  bool combined_;
  bool hash_zone_ = false;
  dataset dataset_ = dataset::none;
  rbldnsd_variables common_;  // what stands before the first $DATASET
  rbldnsd_variables variables_;
  std::string default_a_;
  std::string default_txt_;
  std::string begins_;
  std::string expires_;
  std::uint64_t largest_range_ = std::numeric_limits<std::uint64_t>::max();

  // The entry being read.
  std::string_view line_;
  std::uint32_t number_ = 0;
  rbldnsd_value value_;
  std::string reason_;
};

}  // namespace

read_result read_rbldnsd(text_window& window, const feed_spec& spec, row_sink& sink) {
  rbldnsd_reader reader(spec, sink);
  for_each_line(window, sink, [&](std::string_view line, std::uint32_t number) {
    return reader.take(line, number);
  });
  return std::nullopt;
}

}  // namespace repute::load
