// SPDX-License-Identifier: Apache-2.0
#include "core/server_selector.hpp"

#include <gtest/gtest.h>

namespace repute::test {
namespace {

using namespace std::chrono_literals;

class ServerSelector : public ::testing::Test {
 protected:
  static constexpr std::size_t count = 3;

  ServerSelector() {
    for (std::size_t i = 0; i < count; ++i) {  // server i answers in i + 1 ms
      selector.on_sent(i, now);
      selector.on_answer(i, now, (i + 1) * 1000us, {});
    }
  }
  std::optional<std::size_t> pick(std::initializer_list<std::size_t> tried = {}) {
    core::server_set set;
    for (const std::size_t i : tried) {
      set.set(i);
    }
    return selector.pick(set, now, random);
  }
  void answer(std::size_t server, wire::rcode rcode, std::uint16_t retry_after_ms = 0) {
    wire::server_status status;
    status.rcode = rcode;
    status.retry_after_ms = retry_after_ms;
    selector.on_answer(server, now, 10us, status);
  }

  core::time_point now = core::time_point{} + 1h;
  std::mt19937_64 random{1};
  core::server_selector selector{count};
};

TEST_F(ServerSelector, TakesTheFastestThatWasNotTried) {
  EXPECT_EQ(pick(), 0u);
  EXPECT_EQ(pick({0}), 1u);
  EXPECT_EQ(pick({0, 1}), 2u);
  EXPECT_EQ(pick({0, 1, 2}), 0u);
}

TEST_F(ServerSelector, CountsTheQueueThatAServerTells) {
  wire::server_status busy_queue;
  busy_queue.qdelay_10us = 500;
  selector.on_answer(0, now, 1000us, busy_queue);
  EXPECT_EQ(pick(), 1u);
}

TEST_F(ServerSelector, SuspectsComeLastUntilTheyAnswerWell) {
  selector.on_timeout(0);
  EXPECT_EQ(pick(), 1u);
  EXPECT_EQ(pick({1, 2}), 0u);
  selector.on_refused(1);
  EXPECT_EQ(pick(), 2u);
  answer(0, wire::rcode::internal);
  EXPECT_EQ(pick(), 2u);
  answer(0, wire::rcode::ok);
  EXPECT_EQ(pick(), 0u);
}

TEST_F(ServerSelector, AServerThatFailsFastDoesNotLookFast) {
  for (int i = 0; i < 100; ++i) {
    answer(2, wire::rcode::refused);
  }
  EXPECT_EQ(pick(), 0u);
  EXPECT_EQ(pick({0}), 1u);
}

TEST_F(ServerSelector, BusyServersAreLeftAloneUntilTheySaid) {
  answer(0, wire::rcode::busy, 10);
  answer(1, wire::rcode::busy, 20);
  EXPECT_EQ(pick(), 2u);
  EXPECT_EQ(pick({2}), 2u);  // nobody else may be asked
  answer(2, wire::rcode::busy, 30);
  EXPECT_EQ(pick(), std::nullopt);
  EXPECT_EQ(selector.free_at(now), now + 10ms);
  now += 10ms;
  EXPECT_EQ(pick(), 0u);
}

TEST_F(ServerSelector, WhoWasNotAskedForTwoSecondsIsAskedOnce) {
  now += 1999ms;
  selector.on_sent(0, now);
  selector.on_sent(1, now);
  EXPECT_EQ(pick(), 0u);
  now += 1ms;
  EXPECT_EQ(pick(), 2u);
  EXPECT_EQ(pick({0}), 1u);  // a retry does not explore
  selector.on_sent(2, now);
  EXPECT_EQ(pick(), 0u);
}

}  // namespace
}  // namespace repute::test
