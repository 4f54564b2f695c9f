// SPDX-License-Identifier: Apache-2.0
#include "query/meters.hpp"

#include <gtest/gtest.h>

namespace repute::query {
namespace {

constexpr std::uint64_t ms = 1'000'000;

TEST(load_meter_test, tells_the_busy_share_of_the_last_window) {
  load_meter meter(0);
  meter.add(50 * ms, 99 * ms);
  EXPECT_EQ(meter.value(), 0);
  meter.add(0, 100 * ms);
  EXPECT_EQ(meter.value(), 127);
  meter.add(100 * ms, 200 * ms);
  EXPECT_EQ(meter.value(), 255);
  meter.add(0, 300 * ms);
  EXPECT_EQ(meter.value(), 0);
}

TEST(load_meter_test, more_busy_than_elapsed_is_full) {
  load_meter meter(0);
  meter.add(500 * ms, 100 * ms);
  EXPECT_EQ(meter.value(), 255);
}

TEST(delay_meter_test, follows_within_tens_of_milliseconds) {
  delay_meter meter;
  for (std::uint64_t now = 1; now <= 100; ++now) {
    meter.add(1000, now * ms);
  }
  EXPECT_NEAR(meter.value_us(), 1000, 20);
  meter.add(0, 110 * ms);
  EXPECT_NEAR(meter.value_us(), 500, 20);
}

TEST(delay_meter_test, a_pause_forgets) {
  delay_meter meter;
  meter.add(100'000, 1000 * ms);
  meter.add(100, 60'000 * ms);
  EXPECT_LT(meter.value_us(), 150u);
}

}  // namespace
}  // namespace repute::query
