// SPDX-License-Identifier: Apache-2.0
// Keys that must, or must not, be listed once a load is resolved.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "load/feed_spec.hpp"
#include "load/guard/guard_rule.hpp"
#include "repute/canon/canon.hpp"
#include "repute/schema/verdict.hpp"

namespace repute::load {

struct canary {
  std::string text;  ///< as the settings have it
  bool present = false;
  std::vector<canonical_key> asked;  ///< what a client asks about it, the most specific first
};

/// Reads `KEY`, of the kind that it looks like, or `KIND:KEY`. All mistakes at once; the result is
/// of use only if there are none.
[[nodiscard]] std::vector<canary> read_canaries(const guard_settings& settings,
                                                const canon::canonicalizer& canon,
                                                std::vector<spec_problem>& problems);

/// Gives the answers of the new snapshot to many keys at once, in their order.
using answer_source = std::function<std::vector<answer>(std::span<const canonical_key>)>;

/// Asks for all canaries in one call and reports those that are not as they must be. A canary is
/// listed if the most specific answer that says something convicts: `trusted` is no listing.
[[nodiscard]] std::vector<guard_report> check_canaries(const std::vector<canary>& canaries,
                                                       const answer_source& ask);

}  // namespace repute::load
