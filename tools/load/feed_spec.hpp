// SPDX-License-Identifier: Apache-2.0
// What a feed is and how its rows are read: the tables of feeds.toml.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "load/guard/guard_rule.hpp"
#include "repute/schema/kind.hpp"
#include "repute/schema/verdict.hpp"

namespace repute::load {

enum class feed_format {
  automatic,  ///< one of the others, recognised by the first 64 KiB
  list,
  csv,
  tsv,
  hosts,
  ip4set,
  ip4trie,
  ip6trie,
  dnset,
  combined,
  drop,
  urlhaus,
  malwarebazaar,
  threatfox,
  feodo,
  phishtank,
  openphish,
  adblock,
  rpz,
  misp,
  misp_event,
  stix,
  nsrl,
  jsonl,
};
enum class name_match { exact, subdomains, both };

[[nodiscard]] std::string_view word(feed_format value) noexcept;
[[nodiscard]] std::optional<feed_format> format_from_word(std::string_view word) noexcept;
/// All words, separated by commas.
[[nodiscard]] std::string format_words();

/// Kinds that rows of a format can have, the one meant first; empty: whatever the feed says.
[[nodiscard]] std::span<const repute::subject> subjects_of(feed_format value) noexcept;
/// True if the rows of one feed are of several kinds, and each says its own.
[[nodiscard]] bool rows_say_subject(feed_format value) noexcept;
/// True if the feed says which columns hold what.
[[nodiscard]] bool has_columns(feed_format value) noexcept;

[[nodiscard]] std::optional<name_match> match_from_word(std::string_view word) noexcept;

/// A column of CSV or TSV: its name in the header row, or its number, the first is 1. If any column
/// of a feed is named, its first row is the header; else there is none. Of JSON lines: the name of
/// a member.
using column = std::variant<std::string, std::uint32_t>;

/// More rows than `rows` end the load; what breaks another limit is told as a guard
/// (docs/feeds.md, "Guards") and ends it unless it is forced.
struct feed_limits {
  std::uint8_t widest_v4 = 8;                 ///< shortest prefix length taken, 0..32
  std::uint8_t widest_v6 = 16;                ///< shortest prefix length taken, 0..128
  std::uint64_t rows = 0;                     ///< most rows in the feed, 0 = no limit
  std::optional<double> shrink_percent = 20;  ///< most rows lost, of those before; nothing: any
  std::optional<double> grow_percent;         ///< most rows gained, of those before; nothing: any
  bool empty = false;                         ///< true: the feed may have no row at all
  bool reserved = false;                      ///< true: may list addresses that no mail comes from
};

struct feed_spec {
  std::string name;                ///< 1..64 of a-z A-Z 0-9 . _ -
  std::vector<std::string> files;  ///< as the specification names them; `-` is standard input
  std::string folder;              ///< where relative files are; empty: the working directory
  feed_format format = feed_format::list;
  repute::subject subject = subject::domain;
  bool subject_given = true;             ///< false: rows of every kind are taken, as they say
  std::optional<column> subject_column;  ///< a kind's word; rows of unknown kinds are skipped
  name_match match = name_match::exact;  ///< domains only; misp says it by its own type
  repute::verdict verdict = verdict::spam;
  std::int16_t score = 0;
  std::optional<column> score_column;
  double score_scale = 1;  ///< score = value * scale, cut to -1000..1000
  std::uint16_t category = 0;
  std::uint16_t cache_ttl_s = 60;
  std::uint64_t expires_after_s = 0;  ///< after the load, 0 = never
  std::optional<column>
      expires_column;  ///< a date, a time or Unix seconds; empty = `expires_after_s`
  column key_column = std::uint32_t{1};
  std::optional<column> reason_column;
  feed_limits limits;
};

/// A mistake in a specification, for people.
struct spec_problem {
  std::string where;  ///< `feeds.toml:12:3` or the option's name
  std::string what;
};

/// All of feeds.toml.
struct feeds_file {
  std::vector<feed_spec> feeds;
  guard_settings guards;
  int exit_code = 78;  ///< sysexits, if there are mistakes: 66, 77 or 74 if it cannot be opened
};

/// Reads feeds.toml: an array of tables `feed` and a table `guards`. Relative files are relative to
/// the file itself. All mistakes at once; the result is of use only if there are none.
[[nodiscard]] feeds_file read_feeds_file(const std::string& path,
                                         std::vector<spec_problem>& problems);

/// Makes the specification of a feed that names no kind: what the format means. False if its rows
/// do not say it either, so that a kind is needed.
[[nodiscard]] bool imply_subject(feed_spec& spec) noexcept;

/// True for 1 to 64 letters, digits, dots, dashes or underscores. The name of the test points' feed
/// is one, too.
[[nodiscard]] bool is_feed_name(std::string_view text) noexcept;

/// Path under which a file of a feed can be opened from the working directory.
[[nodiscard]] std::string path_of(const feed_spec& spec, const std::string& file);

/// Checks what no single field shows: trusted on a kind that may not acquit, match without domains,
/// ...
void check_feed(const feed_spec& spec, const std::string& where,
                std::vector<spec_problem>& problems);

/// `90`, `90s`, `15m`, `24h`, `30d` as seconds.
[[nodiscard]] std::optional<std::uint64_t> parse_duration_s(std::string_view text) noexcept;

/// `2026-12-31`, `2026-12-31 12:00:00`, `2026-12-31T12:00:00.000Z` (UTC) or Unix seconds. Fractions
/// of a second are cut off.
[[nodiscard]] std::optional<std::uint64_t> parse_time_unix_s(std::string_view text) noexcept;

}  // namespace repute::load
