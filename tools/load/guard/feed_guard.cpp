// SPDX-License-Identifier: Apache-2.0
#include "load/guard/feed_guard.hpp"

#include <fmt/format.h>

namespace repute::load {

std::optional<feed_violation> check_size(const feed_limits& limits, const feed_counts& counts) {
  const std::uint64_t before = counts.before.value_or(0);
  if (counts.seen == 0 && !limits.empty) {
    return feed_violation{guard_rule::empty,
                          before == 0 ? std::string("an empty list")
                                      : fmt::format("an empty list, {} rows before", before)};
  }
  if (before < compared_rows_min) {
    return std::nullopt;
  }
  const double change = (static_cast<double>(counts.now) - static_cast<double>(before)) * 100 /
                        static_cast<double>(before);
  const auto told = [&](guard_rule rule, double limit) {
    return feed_violation{rule, fmt::format("{} rows, {} before: {:+.1f} %, its limit is {:+g} %",
                                            counts.now, before, change, limit)};
  };
  if (limits.shrink_percent && -change > *limits.shrink_percent) {
    return told(guard_rule::shrink, -*limits.shrink_percent);
  }
  if (limits.grow_percent && change > *limits.grow_percent) {
    return told(guard_rule::grow, *limits.grow_percent);
  }
  return std::nullopt;
}

}  // namespace repute::load
