// SPDX-License-Identifier: Apache-2.0
#include "core/retry_budget.hpp"

#include <gtest/gtest.h>

namespace repute::test {
namespace {

using namespace std::chrono_literals;

int take_all(core::retry_budget& budget, core::retry_budget::time_point now) {
  int taken = 0;
  while (budget.take(now)) {
    ++taken;
  }
  return taken;
}

TEST(RetryBudget, StartsWithTenAndRefillsByLookupsAndTime) {
  core::retry_budget budget;
  core::retry_budget::time_point now{};
  EXPECT_EQ(take_all(budget, now), 10);
  for (int i = 0; i < 15; ++i) {
    budget.on_lookup();
  }
  EXPECT_EQ(take_all(budget, now), 3);
  now += 2s;
  EXPECT_EQ(take_all(budget, now), 2);
  now += 1h;
  EXPECT_EQ(take_all(budget, now), 100);
}

}  // namespace
}  // namespace repute::test
