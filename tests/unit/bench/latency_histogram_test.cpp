// SPDX-License-Identifier: Apache-2.0
#include "load_generator/latency_histogram.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

using repute::bench::latency_histogram;

// The definition: the smallest value that at least `share` of all do not exceed.
std::uint64_t exact_at(std::vector<std::uint64_t> values, double share) {
  std::sort(values.begin(), values.end());
  const double wanted = std::ceil(share * static_cast<double>(values.size()));
  const auto rank = std::max<std::size_t>(1, static_cast<std::size_t>(wanted));
  return values[rank - 1];
}

TEST(latency_histogram, is_empty_at_first) {
  const latency_histogram none;
  EXPECT_EQ(none.count(), 0U);
  EXPECT_EQ(none.at_share(0.5), 0U);
  EXPECT_EQ(none.min_ns(), 0U);
  EXPECT_EQ(none.max_ns(), 0U);
  EXPECT_EQ(none.mean_ns(), 0);
}

TEST(latency_histogram, short_times_are_exact) {
  latency_histogram all;
  for (std::uint64_t ns = 0; ns < 256; ++ns) {
    all.add(ns);
  }
  EXPECT_EQ(all.count(), 256U);
  EXPECT_EQ(all.at_share(0.5), 127U);
  EXPECT_EQ(all.at_share(1), 255U);
  EXPECT_EQ(all.at_share(0), 0U);
  EXPECT_DOUBLE_EQ(all.mean_ns(), 127.5);
}

TEST(latency_histogram, longest_is_exact_and_the_endless_is_cut) {
  latency_histogram all;
  all.add(1'234'567'891);
  EXPECT_EQ(all.max_ns(), 1'234'567'891U);
  EXPECT_EQ(all.at_share(1), 1'234'567'891U);
  all.add(UINT64_MAX);
  EXPECT_EQ(all.max_ns(), std::uint64_t{1} << 40);
  EXPECT_EQ(all.at_share(1), std::uint64_t{1} << 40);
}

RC_GTEST_PROP(latency_histogram, every_value_is_told_within_half_a_percent, ()) {
  const auto bits = *rc::gen::inRange(0, 40);
  const auto ns = *rc::gen::inRange<std::uint64_t>(0, (std::uint64_t{2} << bits) - 1);
  latency_histogram one;
  one.add(ns);
  one.add(ns + (ns >> 2) + 2);  // another, so that min and max do not give the answer
  const double told = static_cast<double>(one.at_share(0.5));
  RC_ASSERT(std::abs(told - static_cast<double>(ns)) <= 0.005 * static_cast<double>(ns));
}

RC_GTEST_PROP(latency_histogram, shares_are_those_of_the_values, ()) {
  const auto values = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 1U << 30)));
  const double share = *rc::gen::inRange(0, 1001) / 1000.0;
  latency_histogram all;
  for (const std::uint64_t ns : values) {
    all.add(ns);
  }
  const auto exact = static_cast<double>(exact_at(values, share));
  RC_ASSERT(std::abs(static_cast<double>(all.at_share(share)) - exact) <= 0.005 * exact);
}

RC_GTEST_PROP(latency_histogram, merged_is_as_counted_by_one,
              (const std::vector<std::uint32_t>& left, const std::vector<std::uint32_t>& right)) {
  latency_histogram a;
  latency_histogram b;
  latency_histogram both;
  for (const std::uint32_t ns : left) {
    a.add(ns);
    both.add(ns);
  }
  for (const std::uint32_t ns : right) {
    b.add(ns);
    both.add(ns);
  }
  a.merge(b);
  RC_ASSERT(a.count() == both.count());
  RC_ASSERT(a.min_ns() == both.min_ns());
  RC_ASSERT(a.max_ns() == both.max_ns());
  for (const double share : {0.0, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    RC_ASSERT(a.at_share(share) == both.at_share(share));
  }
}

}  // namespace
