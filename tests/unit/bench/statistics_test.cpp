// SPDX-License-Identifier: Apache-2.0
#include "repute_bench/statistics.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace {

using namespace repute::bench;

TEST(spread_of, is_median_and_range) {
  const std::vector<double> odd{5, 1, 3};
  EXPECT_EQ(spread_of(odd).median, 3);
  EXPECT_EQ(spread_of(odd).least, 1);
  EXPECT_EQ(spread_of(odd).most, 5);
  const std::vector<double> even{4, 1, 3, 2};
  EXPECT_EQ(spread_of(even).median, 2.5);
}

TEST(compare_medians, tells_a_change_from_noise) {
  const std::vector<double> before{100, 104, 98, 101, 99};
  const std::vector<double> noise{101, 97, 103, 100, 99};
  const std::vector<double> twice{200, 205, 198, 203, 199};
  EXPECT_FALSE(compare_medians(before, noise).differs());
  const ratio_interval change = compare_medians(before, twice);
  EXPECT_TRUE(change.differs());
  EXPECT_DOUBLE_EQ(change.ratio, 2);
  EXPECT_GT(change.low, 1.8);
  EXPECT_LT(change.high, 2.2);
}

TEST(compare_medians, the_interval_holds_the_ratio_and_is_reproducible) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 5; ++round) {
    std::vector<double> a(5);
    std::vector<double> b(4);
    for (double& value : a) {
      value = static_cast<double>(1 + random() % 1000);
    }
    for (double& value : b) {
      value = static_cast<double>(1 + random() % 1000);
    }
    const ratio_interval once = compare_medians(a, b);
    const ratio_interval again = compare_medians(a, b);
    EXPECT_LE(once.low, once.ratio);
    EXPECT_LE(once.ratio, once.high);
    EXPECT_EQ(once.low, again.low);
    EXPECT_EQ(once.high, again.high);
  }
}

TEST(knee_of, is_the_last_load_that_is_carried) {
  const std::vector<load_point> curve{
      {100, 100, 20}, {200, 200, 22}, {300, 300, 30}, {400, 399, 59}, {500, 450, 400}};
  EXPECT_EQ(knee_of(curve), 3U);
}

TEST(knee_of, needs_answers_and_speed) {
  EXPECT_EQ(knee_of(std::vector<load_point>{{100, 90, 20}, {200, 100, 20}}), 2U) << "none";
  EXPECT_EQ(knee_of(std::vector<load_point>{{100, 100, 20}, {200, 200, 61}}), 0U);
  EXPECT_EQ(knee_of(std::vector<load_point>{}), 0U);
}

}  // namespace
