// SPDX-License-Identifier: Apache-2.0
#include "load/feed_spec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <filesystem>

#include "repute/schema/test_points.hpp"

namespace repute::load {
namespace {

constexpr std::size_t name_size_max = 64;
constexpr std::size_t files_max = 65535;  // a record numbers its file with 16 bits

bool is_name_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

// Digits only; the whole text.
std::optional<std::uint64_t> parse_digits(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || after != end) {
    return std::nullopt;
  }
  return value;
}

bool all_digits(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// The number between fixed positions of a date.
std::optional<unsigned> field(std::string_view text, std::size_t at, std::size_t size) noexcept {
  const auto value = text.size() < at + size ? std::nullopt : parse_digits(text.substr(at, size));
  return value ? std::optional(static_cast<unsigned>(*value)) : std::nullopt;
}

std::optional<std::uint64_t> parse_clock_s(std::string_view text) noexcept {
  for (const std::string_view utc : {"Z", "+00:00", " UTC"}) {
    if (text.ends_with(utc)) {
      text.remove_suffix(utc.size());
      break;
    }
  }
  if (text.size() > 9 && text[8] == '.' && all_digits(text.substr(9))) {
    text = text.substr(0, 8);
  }
  const auto hour = field(text, 0, 2);
  const auto minute = field(text, 3, 2);
  const auto second = field(text, 6, 2);
  if (text.size() != 8 || text[2] != ':' || text[5] != ':' || !hour || !minute || !second ||
      *hour > 23 || *minute > 59 || *second > 60) {
    return std::nullopt;
  }
  return std::uint64_t{*hour} * 3600 + *minute * 60 + *second;
}

// True if every key of the subject may say "trusted".
bool may_acquit(subject value) noexcept {
  return std::all_of(all_kinds.begin(), all_kinds.end(), [&](kind candidate) {
    return subject_of(candidate) != value || repute::may_acquit(candidate);
  });
}

bool all_named(const feed_spec& spec) noexcept {
  const auto named = [](const std::optional<column>& each) {
    return !each || std::holds_alternative<std::string>(*each);
  };
  return named(spec.key_column) && named(spec.score_column) && named(spec.expires_column) &&
         named(spec.reason_column) && named(spec.subject_column);
}

template <class Say>
void check_format(const feed_spec& spec, Say&& say) {
  const auto held = subjects_of(spec.format);
  if (spec.subject_given && !held.empty() && std::ranges::count(held, spec.subject) == 0) {
    std::string words;
    for (const subject each : held) {
      words += fmt::format("{}\"{}\"", words.empty() ? "" : " or ", word(each));
    }
    say(fmt::format("format \"{}\" holds other keys: kind must be {}", word(spec.format), words));
  }
  const bool has_names = spec.subject == subject::domain || !spec.subject_given;
  if (spec.match != name_match::exact && !has_names) {
    say("match is for kind \"domain\" only");
  }
  const bool columns =
      spec.score_column || spec.expires_column || spec.reason_column || spec.subject_column;
  if (columns && !has_columns(spec.format)) {
    say("columns are for the formats csv, tsv and jsonl");
  }
  if (spec.format == feed_format::jsonl && !all_named(spec)) {
    say("the columns of jsonl are names of members, and columns.key is needed");
  }
}

}  // namespace

std::string path_of(const feed_spec& spec, const std::string& file) {
  return file == "-" ? file : (std::filesystem::path(spec.folder) / file).string();
}

std::optional<name_match> match_from_word(std::string_view text) noexcept {
  if (text == "exact") {
    return name_match::exact;
  }
  if (text == "subdomains") {
    return name_match::subdomains;
  }
  if (text == "both") {
    return name_match::both;
  }
  return std::nullopt;
}

bool is_feed_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= name_size_max &&
         std::all_of(text.begin(), text.end(), is_name_character);
}

std::optional<std::uint64_t> parse_duration_s(std::string_view text) noexcept {
  constexpr std::uint64_t longest_s = std::uint64_t{100} * 366 * 86400;
  constexpr std::array<std::pair<char, std::uint64_t>, 4> units{
      {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}}};
  std::uint64_t unit = 1;
  for (const auto& [letter, seconds] : units) {
    if (text.ends_with(letter)) {
      unit = seconds;
      text.remove_suffix(1);
      break;
    }
  }
  const auto value = parse_digits(text);
  if (!value || *value > longest_s / unit) {
    return std::nullopt;
  }
  return *value * unit;
}

std::optional<std::uint64_t> parse_time_unix_s(std::string_view text) noexcept {
  constexpr std::uint64_t latest = std::uint64_t{1} << 40;
  if (const auto seconds = parse_digits(text)) {
    return *seconds < latest ? seconds : std::nullopt;
  }
  const auto year = field(text, 0, 4);
  const auto month = field(text, 5, 2);
  const auto day = field(text, 8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok() || *year < 1970) {
    return std::nullopt;
  }
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::uint64_t midnight = static_cast<std::uint64_t>(days) * 86400;
  if (text.size() == 10) {
    return midnight;
  }
  const auto clock =
      text[10] == ' ' || text[10] == 'T' ? parse_clock_s(text.substr(11)) : std::nullopt;
  return clock ? std::optional(midnight + *clock) : std::nullopt;
}

void check_feed(const feed_spec& spec, const std::string& where,
                std::vector<spec_problem>& problems) {
  const auto say = [&](std::string what) { problems.push_back({where, std::move(what)}); };
  if (!is_feed_name(spec.name)) {
    say("a feed's name is 1 to 64 letters, digits, dots, dashes or underscores");
  } else if (spec.name == test_point_feed) {
    say(fmt::format("the name \"{}\" is taken by the built-in test points", test_point_feed));
  }
  if (spec.files.empty()) {
    say("no file");
  } else if (spec.files.size() > files_max) {
    say(fmt::format("more than {} files", files_max));
  }
  if (spec.subject == subject::textsig) {
    say("text signatures are not loaded from feeds");
  }
  if (spec.verdict == verdict::none) {
    say("verdict must be one of spam, probable_spam, formal, trusted, blacklisted, phishing, "
        "malware");
  }
  // Rows that say their own kind are checked one by one.
  if (spec.verdict == verdict::trusted && spec.subject_given && !may_acquit(spec.subject)) {
    say(
        fmt::format("\"trusted\" is refused for {}: such a key can be forged, it may convict but "
                    "never acquit",
                    word(spec.subject)));
  }
  check_format(spec, say);
}

}  // namespace repute::load
