// SPDX-License-Identifier: Apache-2.0
#include "core/rtt_estimator.hpp"

#include <gtest/gtest.h>

namespace repute::test {
namespace {

using namespace std::chrono_literals;

TEST(RttEstimator, FollowsRfc6298) {
  core::rtt_estimator rtt;
  EXPECT_EQ(rtt.rto(0us), core::rto_initial);
  rtt.sample(8000us);  // srtt = R, rttvar = R / 2
  EXPECT_EQ(rtt.srtt(), 8000us);
  EXPECT_EQ(rtt.rto(0us), 24000us);
  rtt.sample(4000us);  // rttvar = 3/4 * 4000 + 1/4 * 4000, srtt = 7/8 * 8000 + 1/8 * 4000
  EXPECT_EQ(rtt.srtt(), 7500us);
  EXPECT_EQ(rtt.rto(0us), 7500us + 4 * 4000us);
  EXPECT_EQ(rtt.rto(1000us), 7500us + 4 * 4000us + 1000us);
}

TEST(RttEstimator, TheRtoHasAFloorAndACeiling) {
  core::rtt_estimator fast;
  fast.sample(80us);
  EXPECT_EQ(fast.rto(0us), core::rto_min);
  core::rtt_estimator slow;
  slow.sample(300000us);
  EXPECT_EQ(slow.rto(0us), core::rto_max);
}

}  // namespace
}  // namespace repute::test
