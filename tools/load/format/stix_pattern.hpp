// SPDX-License-Identifier: Apache-2.0
// The part of the STIX 2.1 pattern language that a list of keys can express (STIX 2.1, section 9).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "repute/schema/kind.hpp"

namespace repute::load {

struct stix_key {
  repute::subject subject{};
  std::string value;
};

/// Keys of a pattern. Comparisons joined by OR each stand alone, within an observation and between
/// them: `[url:value = 'u'] OR [file:hashes.MD5 = 'a' OR ipv4-addr:value IN ('b', 'c')]`. What
/// needs more than one fact (AND, FOLLOWEDBY, qualifiers, parentheses), other operators and other
/// objects give no key.
struct stix_pattern {
  std::vector<stix_key> keys;
  std::size_t skipped = 0;  ///< parts without a key
  std::string problem;      ///< why it is no pattern at all; then there are no keys
};

/// Pure; linear in the size of `text`.
[[nodiscard]] stix_pattern parse_stix_pattern(std::string_view text);

}  // namespace repute::load
