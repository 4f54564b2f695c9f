// SPDX-License-Identifier: Apache-2.0
#include "load_generator/pacer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace {

using repute::bench::pacer;

TEST(pacer, spreads_a_second_evenly) {
  const pacer three(3, 1000);
  EXPECT_EQ(three.due_at_ns(0), 1000U);
  EXPECT_EQ(three.due_at_ns(1), 333'334'333U);
  EXPECT_EQ(three.due_at_ns(3), 1'000'001'000U);
  EXPECT_EQ(three.due_by(999), 0U);
  EXPECT_EQ(three.due_by(1000), 1U);
  EXPECT_EQ(three.due_by(333'334'332), 1U);
  EXPECT_EQ(three.due_by(333'334'333), 2U);
}

TEST(pacer, does_not_drift) {
  const pacer odd(333'333, 0);
  EXPECT_EQ(odd.due_at_ns(std::uint64_t{333'333} * 86'400), std::uint64_t{86'400} * 1'000'000'000);
}

TEST(pacer, a_stall_makes_all_that_was_missed_due_at_once) {
  const pacer steady(1'000'000, 0);
  EXPECT_EQ(steady.due_by(5'000'000) - steady.due_by(1'000'000), 4'000U);
}

RC_GTEST_PROP(pacer, due_by_counts_what_is_due, ()) {
  const auto rate = *rc::gen::inRange<std::uint64_t>(1, 1'000'000'001);
  const auto start = *rc::gen::inRange<std::uint64_t>(0, 1'000'000'000'000);
  const auto now = start + *rc::gen::inRange<std::uint64_t>(0, 100'000'000'000);
  const pacer steady(rate, start);
  const std::uint64_t due = steady.due_by(now);
  RC_ASSERT(due >= 1);
  RC_ASSERT(steady.due_at_ns(due - 1) <= now);
  RC_ASSERT(steady.due_at_ns(due) > now);
}

}  // namespace
