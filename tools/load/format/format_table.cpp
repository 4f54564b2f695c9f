// SPDX-License-Identifier: Apache-2.0
// What is known about each format before a file is read.
#include <algorithm>
#include <array>

#include "load/feed_spec.hpp"

namespace repute::load {
namespace {

enum class kinds_from { feed, format, rows };

struct format_entry {
  feed_format format;
  std::string_view word;
  kinds_from kinds;
  std::span<const subject> subjects;
  bool columns;
};

constexpr std::array only_ip{subject::ip};
constexpr std::array only_domain{subject::domain};
constexpr std::array only_url{subject::url};
constexpr std::array digests{subject::sha256, subject::md5};
constexpr std::array ip_and_domain{subject::ip, subject::domain};
// A dnset may hold hash zones: names that are one hexadecimal label.
constexpr std::array names{subject::domain, subject::sha256, subject::md5, subject::email_md5};
constexpr std::array indicators{subject::domain, subject::url, subject::ip,
                                subject::sha256, subject::md5, subject::email};
constexpr std::span<const subject> any{};

constexpr std::array<format_entry, 24> table{{
    {feed_format::automatic, "auto", kinds_from::feed, any, true},
    {feed_format::list, "list", kinds_from::feed, any, false},
    {feed_format::csv, "csv", kinds_from::feed, any, true},
    {feed_format::tsv, "tsv", kinds_from::feed, any, true},
    {feed_format::hosts, "hosts", kinds_from::format, only_domain, false},
    {feed_format::ip4set, "ip4set", kinds_from::format, only_ip, false},
    {feed_format::ip4trie, "ip4trie", kinds_from::format, only_ip, false},
    {feed_format::ip6trie, "ip6trie", kinds_from::format, only_ip, false},
    {feed_format::dnset, "dnset", kinds_from::format, names, false},
    {feed_format::combined, "combined", kinds_from::rows, ip_and_domain, false},
    {feed_format::drop, "drop", kinds_from::format, only_ip, false},
    {feed_format::urlhaus, "urlhaus", kinds_from::format, only_url, false},
    {feed_format::malwarebazaar, "malwarebazaar", kinds_from::format, digests, false},
    {feed_format::threatfox, "threatfox", kinds_from::rows, indicators, false},
    {feed_format::feodo, "feodo", kinds_from::format, only_ip, false},
    {feed_format::phishtank, "phishtank", kinds_from::format, only_url, false},
    {feed_format::openphish, "openphish", kinds_from::format, only_url, false},
    {feed_format::adblock, "adblock", kinds_from::rows, ip_and_domain, false},
    {feed_format::rpz, "rpz", kinds_from::rows, ip_and_domain, false},
    {feed_format::misp, "misp", kinds_from::feed, any, false},
    {feed_format::misp_event, "misp_event", kinds_from::rows, indicators, false},
    {feed_format::stix, "stix", kinds_from::rows, indicators, false},
    {feed_format::nsrl, "nsrl", kinds_from::format, digests, false},
    {feed_format::jsonl, "jsonl", kinds_from::feed, any, true},
}};

constexpr const format_entry& entry_of(feed_format value) noexcept {
  return table[static_cast<std::size_t>(value)];
}

constexpr bool in_order() noexcept {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i].format != static_cast<feed_format>(i)) {
      return false;
    }
  }
  return true;
}
static_assert(in_order(), "the table is indexed by the format's number");

}  // namespace

std::string_view word(feed_format value) noexcept {
  return entry_of(value).word;
}

std::optional<feed_format> format_from_word(std::string_view text) noexcept {
  const auto* at = std::ranges::find(table, text, &format_entry::word);
  return at == table.end() ? std::nullopt : std::optional(at->format);
}

std::string format_words() {
  std::string words;
  for (const format_entry& each : table) {
    words.append(words.empty() ? "" : ", ").append(each.word);
  }
  return words;
}

std::span<const subject> subjects_of(feed_format value) noexcept {
  return entry_of(value).subjects;
}

bool rows_say_subject(feed_format value) noexcept {
  return entry_of(value).kinds == kinds_from::rows;
}

bool has_columns(feed_format value) noexcept {
  return entry_of(value).columns;
}

bool imply_subject(feed_spec& spec) noexcept {
  const format_entry& entry = entry_of(spec.format);
  if (entry.kinds == kinds_from::feed && !spec.subject_column &&
      spec.format != feed_format::automatic) {
    return false;
  }
  // A format of one kind is as if the feed had named it.
  spec.subject_given = entry.kinds == kinds_from::format;
  if (spec.subject_given) {
    spec.subject = entry.subjects.front();
  }
  return true;
}

}  // namespace repute::load
