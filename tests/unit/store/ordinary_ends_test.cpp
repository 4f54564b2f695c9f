// SPDX-License-Identifier: Apache-2.0
#include "store/ordinary_ends.hpp"

#include <gtest/gtest.h>

namespace repute::store {
namespace {

TEST(ordinary_ends, as_many_as_are_enough_and_those_that_end_last) {
  ordinary_ends ends;
  for (std::uint64_t i = 1; i < ordinary_enough; ++i) {
    ends.change(0, 1000 + i);
    EXPECT_EQ(ends.enough_until(), 0U) << i;
  }
  ends.change(0, 5);
  EXPECT_EQ(ends.enough_until(), 5U);
  ends.change(0, 900);
  EXPECT_EQ(ends.enough_until(), 900U)
      << "one more than is enough: the first to end does not count";
  ends.change(900, 7);
  EXPECT_EQ(ends.enough_until(), 7U);
  ends.change(5, 0);
  EXPECT_EQ(ends.enough_until(), 7U);
  ends.change(1001, 0);
  EXPECT_EQ(ends.enough_until(), 0U);
}

TEST(ordinary_ends, several_may_end_at_once) {
  ordinary_ends ends;
  for (std::size_t i = 0; i <= ordinary_enough; ++i) {
    ends.change(0, 50);
  }
  EXPECT_EQ(ends.enough_until(), 50U);
  ends.change(50, 0);
  EXPECT_EQ(ends.enough_until(), 50U);
  ends.change(50, 0);
  EXPECT_EQ(ends.enough_until(), 0U);
}

}  // namespace
}  // namespace repute::store
