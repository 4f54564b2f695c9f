// SPDX-License-Identifier: Apache-2.0
#include "core/server_health.hpp"

#include <gtest/gtest.h>

#include "core/ping_schedule.hpp"
#include "core/socket_set.hpp"

namespace repute::test {
namespace {

using namespace std::chrono_literals;
using core::defect;
using core::server_health;

constexpr core::time_point start = core::time_point{} + 1h;

TEST(ServerHealth, ALostDatagramBetweenAnswersIsNoReason) {
  server_health it(defect::none, start);
  it.on_good(start + 5ms, false);
  it.on_timeout(start + 4ms);
  EXPECT_FALSE(it.suspect());
  it.on_timeout(start + 6ms);
  EXPECT_TRUE(it.suspect());
  it.on_alive(start + 7ms);
  EXPECT_FALSE(it.suspect());
}

TEST(ServerHealth, SilenceNeedsBothCountAndTime) {
  server_health it(defect::none, start);
  it.on_good(start, false);
  for (int i = 0; i < 100; ++i) {
    it.on_timeout(start + 1us);
  }
  it.settle(start + 19ms);
  EXPECT_FALSE(it.down());
  it.settle(start + 20ms);
  EXPECT_EQ(it.why_down(), defect::silent);

  server_health slow(defect::none, start);
  slow.on_timeout(start);
  slow.on_timeout(start);
  slow.settle(start + 10s);
  EXPECT_FALSE(slow.down());
}

TEST(ServerHealth, TwoGoodAnswersInARowBringItBack) {
  server_health it(defect::none, start);
  it.on_defect(defect::failing, start);
  it.on_good(start + 1s, false);
  it.on_timeout(start + 2s);
  it.on_good(start + 3s, false);
  EXPECT_TRUE(it.down());
  it.on_good(start + 4s, false);
  EXPECT_FALSE(it.down());
  EXPECT_NEAR(it.ramp(start + 4s), 0.02, 1e-9);
  EXPECT_NEAR(it.ramp(start + 5s), 0.51, 1e-9);
  EXPECT_EQ(it.ramp(start + 9s), 1);
}

TEST(ServerHealth, WrongAnswersAreDisprovedByTestKeysOnly) {
  server_health it(defect::none, start);
  it.on_defect(defect::wrong_answers, start);
  for (int i = 0; i < 10; ++i) {
    it.on_good(start, false);
  }
  EXPECT_TRUE(it.down());
  it.on_good(start, true);
  it.on_good(start, true);
  EXPECT_FALSE(it.down());
}

TEST(ServerHealth, BusyProvesLifeAndNothingElse) {
  server_health silent(defect::none, start);
  for (int i = 0; i < 3; ++i) {
    silent.on_timeout(start);
  }
  silent.settle(start + 1s);
  silent.on_busy(start + 1s);
  silent.on_busy(start + 1s);
  EXPECT_FALSE(silent.down());
  server_health loading(defect::loading, start);
  loading.on_busy(start);
  loading.on_busy(start);
  EXPECT_TRUE(loading.down());
}

TEST(ServerHealth, RefusalsMakeSuspectAndDownOnlyWithSilence) {
  server_health it(defect::none, start);
  for (int i = 0; i < 100; ++i) {
    it.on_refused();  // forged ones, it may be
  }
  it.settle(start + 19ms);
  EXPECT_TRUE(it.suspect());
  EXPECT_FALSE(it.down());
  it.on_alive(start + 19ms);
  it.settle(start + 1h);
  EXPECT_FALSE(it.suspect() || it.down());
  for (unsigned i = 0; i < server_health::timeouts_to_down; ++i) {
    it.on_refused();
  }
  it.settle(start + 1h);
  EXPECT_EQ(it.why_down(), defect::silent);
}

TEST(PingSchedule, GrowsFromATenthOfASecondAndNeverGivesUp) {
  std::mt19937_64 random(1);
  core::ping_schedule it(start);
  EXPECT_EQ(it.due(), start);
  it.set(core::ping_schedule::mood::trouble, start, random);
  core::time_point now = start;
  std::chrono::microseconds longest{0};
  for (int i = 0; i < 1000; ++i) {
    EXPECT_LE(it.due() - now, 150ms * (i < 1 ? 1 : 1000));
    longest =
        std::max(longest, std::chrono::duration_cast<std::chrono::microseconds>(it.due() - now));
    now = it.due();
    it.on_sent(now, random);
  }
  EXPECT_LE(longest, 2250ms);
  EXPECT_GT(longest, 2s);
  it.set(core::ping_schedule::mood::well, now, random);
  EXPECT_GE(it.due() - now, 500ms);
  EXPECT_LE(it.due() - now, 1500ms);
}

TEST(PingSchedule, TheFirstAndEachThirtiethCarriesTestKeys) {
  std::mt19937_64 random(1);
  core::ping_schedule it(start);
  int tested = 0;
  for (int i = 0; i < 61; ++i) {
    tested += it.canary_is_due() ? 1 : 0;
    it.on_sent(start, random);
  }
  EXPECT_EQ(tested, 3);
}

TEST(SocketSet, SuspectsAreAvoidedAndPingedFirst) {
  std::mt19937_64 random(1);
  core::socket_set it(4);
  EXPECT_FALSE(it.on_timeout(2, start, start + 4ms));
  EXPECT_EQ(it.suspects(), 1u);
  for (int i = 0; i < 100; ++i) {
    EXPECT_NE(it.pick(random), 2u);
    EXPECT_EQ(it.pick_for_ping(), 2u);
  }
  it.on_answer(2, start + 5ms);
  EXPECT_EQ(it.suspects(), 0u);
  EXPECT_FALSE(it.on_timeout(2, start, start + 6ms));  // sent before that answer
  EXPECT_EQ(it.suspects(), 0u);
  EXPECT_EQ(it.pick_for_ping(), 3u);
  EXPECT_EQ(it.pick_for_ping(), 0u);
  for (std::size_t i = 0; i < 4; ++i) {
    (void)it.on_timeout(i, start + 7ms, start + 11ms);
  }
  EXPECT_LT(it.pick(random), 4u);  // all suspect: any
}

TEST(SocketSet, SilenceAndNotACrowdOfTimeoutsGivesANewPort) {
  core::socket_set it(2);
  for (int i = 0; i < 50; ++i) {
    EXPECT_FALSE(it.on_timeout(0, start, start + 4ms)) << "their answers may be on their way";
  }
  EXPECT_TRUE(it.on_timeout(0, start + 190ms, start + 200ms));
  EXPECT_EQ(it.suspects(), 1u);  // until the new port has answered
  EXPECT_FALSE(it.on_timeout(0, start + 201ms, start + 210ms));
  EXPECT_FALSE(it.on_timeout(0, start + 300ms, start + 310ms));
  EXPECT_FALSE(it.on_timeout(0, start + 350ms, start + 360ms));
  EXPECT_TRUE(it.on_timeout(0, start + 395ms, start + 405ms));
  it.on_answer(0, start + 406ms);
  EXPECT_FALSE(it.on_timeout(0, start + 407ms, start + 700ms));
  EXPECT_FALSE(it.on_timeout(0, start + 408ms, start + 700ms));
  EXPECT_TRUE(it.on_timeout(0, start + 409ms, start + 700ms));
}

}  // namespace
}  // namespace repute::test
