// SPDX-License-Identifier: Apache-2.0
#include "core/server_selector.hpp"

#include <gtest/gtest.h>

#include <map>

#include "core_harness.hpp"

namespace repute::test {
namespace {

using namespace std::chrono_literals;
using core::defect;

class ServerSelector : public ::testing::Test {
 protected:
  ServerSelector() { measure({1000us, 2000us, 3000us}); }

  /// Servers that answer in these times, and have done so for long.
  void measure(const std::vector<std::chrono::microseconds>& times) {
    selector = {};
    (void)selector.replace(specs_of(times.size()), defect::none, now);
    for (std::size_t i = 0; i < times.size(); ++i) {
      rtts = times;
      for (int n = 0; n < 50; ++n) {
        answer(i);
      }
    }
  }
  void answer(std::size_t server, wire::server_status status = {}) {
    auto& record = selector.at(server);
    record.on_sent(now, true);
    record.on_released();
    record.on_answer(status, {.rtt = rtts[server], .tested = true}, now, random);
  }
  void answer(std::size_t server, wire::rcode rcode, std::uint16_t retry_after_ms = 0) {
    wire::server_status status;
    status.rcode = rcode;
    status.retry_after_ms = retry_after_ms;
    answer(server, status);
  }
  std::optional<std::size_t> pick(std::initializer_list<std::size_t> tried = {}) {
    core::server_set set;
    for (const std::size_t i : tried) {
      set.set(i);
    }
    return selector.pick(set, now, random);
  }
  /// Share of each server in many picks, percent.
  std::map<std::size_t, int> shares() {
    std::map<std::size_t, int> counts;
    for (int i = 0; i < 10000; ++i) {
      ++counts[pick().value()];
    }
    for (auto& [server, count] : counts) {
      count = (count + 50) / 100;
    }
    return counts;
  }
  void time_out(std::size_t server, int times = 1) {
    for (int i = 0; i < times; ++i) {
      (void)selector.at(server).on_timeout(0, now + 1us, now + 2us, random);
    }
  }

  core::time_point now = core::time_point{} + 1h;
  std::mt19937_64 random{1};
  std::vector<std::chrono::microseconds> rtts;
  core::server_selector selector;
};

TEST_F(ServerSelector, TakesTheCheapestThatWasNotTried) {
  EXPECT_EQ(pick(), 0u);
  EXPECT_EQ(pick({0}), 1u);
  EXPECT_EQ(pick({0, 1}), 2u);
  EXPECT_EQ(pick({0, 1, 2}), 0u);
}

TEST_F(ServerSelector, SharesTheLoadWithinTheBandByCost) {
  measure({1000us, 1250us, 1600us});
  const auto seen = shares();
  EXPECT_NEAR(seen.at(0), 56, 2);  // 1 : 0.8
  EXPECT_NEAR(seen.at(1), 44, 2);
  EXPECT_FALSE(seen.contains(2));
  measure({50us, 140us, 160us});  // a tenth of a millisecond is no difference
  EXPECT_EQ(shares().size(), 2u);
}

TEST_F(ServerSelector, CountsQueueBiasAndWhatIsOnItsWay) {
  wire::server_status queued;
  queued.qdelay_10us = 500;
  answer(0, queued);
  EXPECT_EQ(pick(), 1u);
  now += 1s;  // a told queue fades
  EXPECT_EQ(pick(), 0u);
  for (int i = 0; i < 4; ++i) {
    selector.at(0).on_sent(now, true);
  }
  EXPECT_EQ(pick(), 1u);
  measure({1000us, 2000us});
  selector.at(0).set_bias(5000us);
  EXPECT_EQ(pick(), 1u);
}

TEST_F(ServerSelector, OneSlowAnswerCountsAtOnceAndIsForgotten) {
  rtts[0] = 30ms;
  answer(0);
  EXPECT_EQ(pick(), 1u);
  now += 200ms;
  EXPECT_EQ(pick(), 1u);
  rtts[0] = 1ms;
  for (int i = 0; i < 100; ++i) {
    now += 20ms;
    answer(0);
  }
  EXPECT_EQ(pick(), 0u);
}

TEST_F(ServerSelector, ASuspectIsDearButNotOut) {
  time_out(0);
  EXPECT_EQ(pick(), 1u);
  time_out(1);
  time_out(2);
  EXPECT_EQ(pick(), 0u);  // all the same again
  EXPECT_EQ(selector.report(now)[0].tier, server_tier::suspect);
}

TEST_F(ServerSelector, ThreeTimeoutsAndTwentyMillisecondsMakeItDown) {
  time_out(0, 3);
  (void)pick();
  EXPECT_EQ(selector.report(now)[0].tier, server_tier::suspect);
  now += 20ms;
  EXPECT_EQ(pick({1, 2}), 1u) << "the down are not asked while a live one is left, tried or not";
  EXPECT_EQ(selector.report(now)[0].tier, server_tier::down);
  time_out(1, 3);
  time_out(2, 3);
  now += 20ms;
  EXPECT_TRUE(pick());  // all down: somebody is asked all the same
}

TEST_F(ServerSelector, AServerThatFailsFastDoesNotLookFast) {
  rtts[2] = 1us;
  for (int i = 0; i < 100; ++i) {
    answer(2, wire::rcode::refused);
  }
  EXPECT_EQ(pick(), 0u);
  EXPECT_EQ(pick({0}), 1u);
  EXPECT_EQ(pick({0, 1}), 0u);
  EXPECT_EQ(selector.report(now)[2].reason, "answers with errors");
}

TEST_F(ServerSelector, WhoComesBackGetsItsShareBitByBit) {
  answer(0, wire::rcode::internal);
  EXPECT_EQ(pick(), 1u);
  answer(0);
  EXPECT_EQ(pick(), 1u);  // one good answer is no proof
  answer(0);
  EXPECT_NEAR(shares()[0], 2, 1);
  now += 1s;
  EXPECT_NEAR(shares()[0], 51, 2);
  now += 1s;
  EXPECT_EQ(shares()[0], 100);
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

TEST_F(ServerSelector, ADrainingServerIsDear) {
  wire::server_status draining;
  draining.sflags = wire::sflag_drain;
  answer(0, draining);
  EXPECT_EQ(pick(), 1u);
  EXPECT_EQ(selector.report(now)[0].tier, server_tier::draining);
  answer(0);
  EXPECT_EQ(pick(), 0u);
}

TEST_F(ServerSelector, StaleMeansOlderThanTheOthers) {
  wire::server_status status;
  status.data_age_s = 500;
  for (std::size_t i = 0; i < 3; ++i) {
    answer(i, status);
  }
  now += 100ms;  // the stream stands still for everybody
  EXPECT_EQ(pick(), 0u);
  status.data_age_s = 2;
  answer(1, status);
  answer(2, status);
  now += 100ms;
  EXPECT_EQ(pick(), 1u);
  EXPECT_EQ(selector.report(now)[0].tier, server_tier::stale);
  // It costs four times as much, which is less than what is far away.
  measure({1000us, 10000us, 10000us});
  status.data_age_s = 500;
  answer(0, status);
  status.data_age_s = 2;
  answer(1, status);
  answer(2, status);
  now += 100ms;
  EXPECT_EQ(pick(), 0u);
}

TEST_F(ServerSelector, WhoFollowsNoStreamIsStaleAmongThoseThatDo) {
  wire::server_status follows;
  follows.data_age_s = 1;
  answer(1, follows);
  now += 100ms;
  EXPECT_EQ(pick(), 1u);
}

TEST_F(ServerSelector, AnOldSnapshotIsDear) {
  for (std::size_t i = 0; i < 3; ++i) {
    selector.at(i).on_snapshot({.age_minutes = i == 0 ? 3000u : 60u, .kilo_keys = 1});
  }
  now += 100ms;
  EXPECT_EQ(pick(), 1u);
  EXPECT_EQ(selector.report(now)[0].reason, "its snapshot is older than those of the others");
}

TEST_F(ServerSelector, KeepsTheRecordsOfServersThatStay) {
  auto specs = specs_of(4);
  specs.erase(specs.begin());
  const auto made = selector.replace(specs, defect::unproven, now);
  EXPECT_EQ(made.removed, std::vector<std::size_t>{0});
  EXPECT_EQ(made.added, std::vector<std::size_t>{0});  // the slot is free again
  EXPECT_EQ(selector.report(now)[0].srtt, 2000us);
  EXPECT_EQ(selector.report(now)[2].tier, server_tier::down);
  EXPECT_EQ(pick(), 1u);
}

TEST_F(ServerSelector, ReportsWhatItKnows) {
  const auto seen = selector.report(now);
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0].server, "server-0");
  EXPECT_EQ(seen[0].reason, "cheapest");
  EXPECT_TRUE(seen[0].used);
  EXPECT_EQ(seen[1].reason, "2.0 times the cheapest");
  EXPECT_FALSE(seen[1].used);
  EXPECT_NEAR(seen[0].share, 1.0 / 3, 0.01);
  EXPECT_EQ(seen[2].answers, 50u);
}

}  // namespace
}  // namespace repute::test
