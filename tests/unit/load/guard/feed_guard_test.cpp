// SPDX-License-Identifier: Apache-2.0
#include "load/guard/feed_guard.hpp"

#include <gtest/gtest.h>

namespace repute::load {
namespace {

std::string said(const feed_limits& limits, std::optional<std::uint64_t> before, std::uint64_t now,
                 std::uint64_t bad = 0) {
  const auto found = check_size(limits, {before, now, now + bad});
  return found ? std::string(word(found->rule)) + ": " + found->why : std::string();
}

TEST(size_guard, a_feed_may_shrink_by_its_limit_and_no_more) {
  EXPECT_EQ(said({}, 100, 80), "");
  EXPECT_EQ(said({}, 100, 79), "shrink: 79 rows, 100 before: -21.0 %, its limit is -20 %");
  feed_limits limits;
  limits.shrink_percent = 0;
  EXPECT_EQ(said(limits, 100, 100), "");
  EXPECT_NE(said(limits, 100, 99), "");
  limits.shrink_percent.reset();
  EXPECT_EQ(said(limits, 100, 1), "");
}

TEST(size_guard, a_feed_may_grow_without_limit_unless_it_has_one) {
  EXPECT_EQ(said({}, 100, 1'000'000'000), "");
  feed_limits limits;
  limits.grow_percent = 300;
  EXPECT_EQ(said(limits, 100, 400), "");
  EXPECT_EQ(said(limits, 100, 401), "grow: 401 rows, 100 before: +301.0 %, its limit is +300 %");
}

TEST(size_guard, few_rows_and_new_feeds_are_not_compared) {
  feed_limits limits;
  limits.grow_percent = 0;
  EXPECT_EQ(said(limits, 9, 1), "");
  EXPECT_EQ(said(limits, 9, 1000), "");
  EXPECT_NE(said(limits, 10, 7), "");
  EXPECT_NE(said(limits, 10, 11), "");
  EXPECT_EQ(said(limits, std::nullopt, 1), "");
}

TEST(size_guard, an_empty_feed_is_told_whatever_it_was) {
  EXPECT_EQ(said({}, std::nullopt, 0), "empty: an empty list");
  EXPECT_EQ(said({}, 0, 0), "empty: an empty list");
  EXPECT_EQ(said({}, 3, 0), "empty: an empty list, 3 rows before");
  EXPECT_EQ(said({}, 3, 0, 1), "") << "it had rows, bad ones";
  EXPECT_EQ(said({}, 30, 0, 1).substr(0, 7), "shrink:");
  feed_limits limits;
  limits.empty = true;
  EXPECT_EQ(said(limits, std::nullopt, 0), "");
  EXPECT_EQ(said(limits, 3, 0), "");
  EXPECT_EQ(said(limits, 10, 0).substr(0, 7), "shrink:") << "its size has a limit of its own";
}

}  // namespace
}  // namespace repute::load
