// SPDX-License-Identifier: Apache-2.0
// What became of one key between two snapshots, and how bad that is.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "repute/schema/kind.hpp"
#include "repute/schema/verdict.hpp"
#include "store/record.hpp"

namespace repute::snapshot {

/// How bad a change is, the worst first: what makes good mail look bad, then what lets bad mail
/// pass, then what changes no verdict. Words of these are in word().
enum class severity_of_change : std::uint8_t {
  trusted_became_listed,  ///< whatever the listing
  became_malware,         ///< and was a milder listing or none
  became_phishing,
  became_blacklisted,
  became_spam,
  became_probable_spam,
  became_formal,
  listed_became_trusted,
  became_trusted,
  no_longer_trusted,  ///< and not listed either
  became_milder,      ///< another listing
  no_longer_listed,
  other_score,  ///< the verdict is the same
  other_rows,   ///< verdict and score are the same: reasons, expiry, feeds, categories
};
inline constexpr std::size_t severities_of_change = 14;

/// `trusted-became-listed`, `became-malware`, ...
[[nodiscard]] std::string_view word(severity_of_change value) noexcept;

/// Compares the answers for a key; `none` and not listed count as the same.
[[nodiscard]] severity_of_change severity_of(const answer& before, const answer& after) noexcept;

enum class change_kind : std::uint8_t { added, removed, changed };
[[nodiscard]] std::string_view word(change_kind value) noexcept;

/// Where something is said about a key.
enum class layer : std::uint8_t { feeds, live, override };
[[nodiscard]] std::string_view word(layer value) noexcept;

/// A feed whose rows of the key differ.
struct feed_change {
  std::string feed;
  change_kind what{};

  bool operator==(const feed_change&) const = default;
};

struct change {
  snapshot::layer layer = snapshot::layer::feeds;
  change_kind what{};
  severity_of_change severity{};
  repute::kind kind{};
  std::uint8_t prefix_length = 0;
  std::string key;  ///< as a feed wrote it; a DOMAIN with a leading dot; addresses in CIDR form
  answer before;    ///< of the key's own rows, those of less specific keys aside
  answer after;
  std::vector<std::string> feeds_before;  ///< names, ascending
  std::vector<std::string> feeds_after;
  std::vector<feed_change> feed_changes;  ///< by name

  bool operator==(const change&) const = default;
};

/// Text of a record's key for people.
[[nodiscard]] std::string shown_key(const store::record& of);

}  // namespace repute::snapshot
