// SPDX-License-Identifier: Apache-2.0
// What distinguishes two sorted streams of records by their keys: the rows of a feed before and
// now.
#pragma once

#include <functional>

#include "load/guard/guard_rule.hpp"
#include "store/record_block.hpp"

namespace repute::load {

/// Gives one record after another, ascending by position_of(); false at the end. Texts are valid
/// until the next call.
using record_source = std::function<bool(store::record&)>;

/// The records of one feed of a sorted set, which outlives the source.
[[nodiscard]] record_source rows_of(const store::record_set& records, std::uint16_t feed);

/// Compares two feeds by the keys that they hold, however many rows there are of a key. One pass;
/// keeps nothing but the first rows_told_max texts of either side.
[[nodiscard]] feed_difference compare_feeds(const record_source& before, const record_source& now);

}  // namespace repute::load
