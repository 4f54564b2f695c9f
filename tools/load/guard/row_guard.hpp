// SPDX-License-Identifier: Apache-2.0
// Rows that should not be listed, whatever a feed says: own, allowed and reserved hosts, public
// suffixes, networks that are too wide. The page is docs/feeds.md, "Guards".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "load/feed_spec.hpp"
#include "load/guard/guard_lists.hpp"
#include "load/guard/name_set.hpp"
#include "load/guard/network_set.hpp"
#include "repute/canon/canon.hpp"

namespace repute::load {

/// Which rule a row breaks, and with which of its records: a name's row may list the name itself,
/// the names under it, or both, as two records.
struct row_violation {
  guard_rule rule{};
  std::string why;      ///< `10.1.2.3 is inside 10.0.0.0/8, private (RFC 1918)`
  bool itself = false;  ///< the record of the address, network, URL or name itself
  bool below = false;   ///< the DOMAIN record: names under it
};

/// Immutable, so that one guard serves all threads that compile rows.
class row_guard {
 public:
  /// `canon` outlives the guard.
  row_guard(const canon::canonicalizer& canon, const guard_lists& lists);

  /// Looks at a row for an address or network. `listing`: is_listing() of what the row says; only
  /// the width of a network is looked at for all rows.
  [[nodiscard]] std::optional<row_violation> check(const feed_limits& limits,
                                                   const canon::ip_prefix& prefix,
                                                   bool listing) const;

  /// Looks at a row for a key of another kind: names (`match` says which), URLs, addresses of mail;
  /// no rule is about the other kinds.
  [[nodiscard]] std::optional<row_violation> check(const feed_limits& limits,
                                                   const canonical_key& key, name_match match,
                                                   bool listing) const;

 private:
  [[nodiscard]] std::optional<row_violation> check_name(const canonical_key& key,
                                                        name_match match) const;
  [[nodiscard]] std::optional<row_violation> check_url(const feed_limits& limits,
                                                       const canonical_key& key) const;
  [[nodiscard]] std::optional<row_violation> check_network(const feed_limits& limits,
                                                           const canon::ip_prefix& prefix,
                                                           bool own_only) const;
  [[nodiscard]] std::string place_of(std::uint32_t label) const;

  struct place {
    std::uint32_t file = 0;
    std::uint32_t line = 0;
  };

  const canon::canonicalizer& canon_;
  std::vector<std::string> files_;
  std::vector<place> places_;  // of the entries of allow lists, numbered by their labels
  name_set own_names_;
  name_set allowed_names_;
  network_set own_networks_;
  network_set allowed_networks_;
};

/// True if a row convicts: an exclusion or a row that says `trusted` or nothing does not.
[[nodiscard]] constexpr bool is_listing(repute::verdict says, bool exclusion) noexcept {
  return severity(says) > 0 && !exclusion;
}

}  // namespace repute::load
