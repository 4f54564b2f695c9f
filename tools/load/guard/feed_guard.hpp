// SPDX-License-Identifier: Apache-2.0
// A feed as a whole: one that comes empty, or much smaller or larger than it was.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "load/feed_spec.hpp"
#include "load/guard/guard_rule.hpp"

namespace repute::load {

/// Rows of one feed.
struct feed_counts {
  std::optional<std::uint64_t> before;  ///< in the snapshot in force; nothing for a new feed
  std::uint64_t now = 0;                ///< of this load, equal rows counted once
  /// Rows of its files that are of its kinds, bad ones, equal ones and those that ended included.
  std::uint64_t seen = 0;
};

/// Fewer rows than these before say nothing about a feed's usual size.
inline constexpr std::uint64_t compared_rows_min = 10;

struct feed_violation {
  guard_rule rule{};
  std::string why;
};

/// Pure. An empty feed is not told of as a shrunken one, too.
[[nodiscard]] std::optional<feed_violation> check_size(const feed_limits& limits,
                                                       const feed_counts& counts);

}  // namespace repute::load
