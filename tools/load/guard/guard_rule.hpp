// SPDX-License-Identifier: Apache-2.0
// What guards find, and the settings of those that belong to no single feed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace repute::load {

/// Rules that a load may break. The page is docs/feeds.md, "Guards".
enum class guard_rule : std::uint8_t {
  empty,     ///< a feed without any row
  shrink,    ///< a feed that lost more of its rows than its limit
  grow,      ///< a feed that gained more rows than its limit
  width,     ///< a network wider than the feed's limit
  own,       ///< the organisation's own networks and names
  allow,     ///< a host on an allow list
  suffix,    ///< a public suffix
  reserved,  ///< addresses that no mail comes from
  present,   ///< a canary that must be listed and is not
  absent,    ///< a canary that must not be listed and is
};

/// The word of a rule in messages and JSON: that of its enumerator.
[[nodiscard]] std::string_view word(guard_rule value) noexcept;

/// True for rules about a row that do not break again with a row that the same feed had before.
[[nodiscard]] constexpr bool is_forgivable(guard_rule value) noexcept {
  return value == guard_rule::own || value == guard_rule::allow || value == guard_rule::suffix ||
         value == guard_rule::reserved;
}

/// True for rules about a feed as a whole.
[[nodiscard]] constexpr bool is_about_size(guard_rule value) noexcept {
  return value == guard_rule::empty || value == guard_rule::shrink || value == guard_rule::grow;
}

/// A text of a settings file with its place there, `feeds.toml:12:3`.
struct placed_text {
  std::string text;
  std::string where;
};

/// The table `guards` of feeds.toml.
struct guard_settings {
  std::vector<placed_text> own;      ///< addresses, networks, names with everything under them
  std::vector<placed_text> allow;    ///< paths of allow lists, ready to be opened
  std::vector<placed_text> present;  ///< keys that must be listed, `KEY` or `KIND:KEY`
  std::vector<placed_text> absent;   ///< keys that must not be listed
};

/// How the rows of a feed differ from those of the same feed in the snapshot in force. Counts are
/// of keys: a name with all names under it counts as two.
struct feed_difference {
  std::uint64_t added = 0;
  std::uint64_t removed = 0;
  std::uint64_t kept = 0;
  std::vector<std::string> first_added;  ///< texts of the first few keys
  std::vector<std::string> first_removed;
};

/// What one rule found in one feed.
struct guard_report {
  guard_rule rule{};
  std::string feed;                ///< empty for canaries
  std::uint64_t count = 0;         ///< rows, or canaries, that broke the rule; 1 for a whole feed
  std::vector<std::string> first;  ///< the first few, each a sentence with its place
  std::optional<feed_difference> difference;  ///< for empty, shrink and grow
};

/// At most so many rows are told of each rule and feed.
inline constexpr std::size_t rows_told_max = 10;

}  // namespace repute::load
