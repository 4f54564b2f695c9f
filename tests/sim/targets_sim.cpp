// SPDX-License-Identifier: Apache-2.0
// What the client promises when servers die, slow down, lose datagrams, drown or restart: three
// servers at 0.12, 0.22 and 0.40 ms with two workers each, eight clients, 40 % of what the servers
// can do. The event comes after a second and a half.
#include <gtest/gtest.h>

#include <cstdlib>

#include "sim/core_policy.hpp"

namespace repute::sim {
namespace {

constexpr micros ms = 1000;
constexpr micros second = 1000 * ms;
constexpr micros event_at = 1500 * ms;

/// A few worlds of the same story, told apart by their seeds.
class Targets : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  Targets() { setup.seed = GetParam(); }

  void make() { world.emplace(setup, make_core_policy); }
  [[nodiscard]] std::vector<server_report> servers_of_client(std::size_t number) {
    return dynamic_cast<core_policy&>(world->client(number)).report(setup.end + 5 * second);
  }

  load_setup setup;
  std::optional<load_world> world;
};

TEST_P(Targets, R1AndR2DeathAndReturnOfTheFastest) {
  for (const bool refusing : {false, true}) {
    setup.end = 9 * second;
    make();
    constexpr micros back_at = 4 * second;
    world->at(event_at, [&] { world->kill(0, refusing); });
    world->at(back_at, [&] { world->revive(0); });
    const load_report& seen = world->run();
    EXPECT_EQ(seen.failed(0, setup.end), 0u);
    EXPECT_LT(seen.quantile(0.99, event_at, event_at + second), 5 * ms);
    EXPECT_LT(seen.quantile(1, event_at, event_at + second), (refusing ? 5 : 25) * ms);
    EXPECT_LT(seen.share(0, event_at, event_at + 50 * ms), 0.05);
    EXPECT_LT(seen.share(0, event_at + 50 * ms, back_at), 0.002);
    const double before = seen.share(0, 500 * ms, event_at);
    EXPECT_GT(before, 0.3);
    EXPECT_LE(seen.share(0, back_at, back_at + 50 * ms), 0.02);
    EXPECT_GE(seen.share(0, back_at + 4 * second, setup.end), 0.8 * before);
  }
}

TEST_P(Targets, R3TheFastestTurnsTenTimesSlower) {
  make();
  world->at(event_at, [&] { world->set_slowness(0, 10); });
  const load_report& seen = world->run();
  EXPECT_EQ(seen.failed(0, setup.end), 0u);
  EXPECT_LT(seen.share(0, event_at + 50 * ms, event_at + 200 * ms), 0.05);
  EXPECT_LT(seen.share(0, event_at + 500 * ms, setup.end), 0.03);
  const micros before = seen.quantile(0.99, 500 * ms, event_at);
  EXPECT_LT(seen.quantile(0.99, event_at, event_at + second), 2 * before + 2 * ms);
}

TEST_P(Targets, R4OnePercentLossEachWay) {
  make();
  world->set_loss(0.01);
  const load_report& seen = world->run();
  EXPECT_EQ(seen.failed(0, setup.end), 0u);
  EXPECT_LT(seen.quantile(0.99, 500 * ms, setup.end), 5 * ms);  // 2 * rto_min + 1 ms
  EXPECT_LT(seen.sends_per_lookup(0, setup.end), 1.05);
}

TEST_P(Targets, FivePercentLossEachWay) {
  make();
  world->set_loss(0.05);
  const load_report& seen = world->run();
  EXPECT_LE(static_cast<double>(seen.failed(0, setup.end)),
            0.001 * static_cast<double>(seen.lookups.size()));
  EXPECT_LT(seen.sends_per_lookup(0, setup.end), 1.25);
}

TEST_P(Targets, R5AllDeadAndBack) {
  setup.end = 9 * second;
  make();
  constexpr micros back_at = 5 * second;
  for (std::size_t i = 0; i < setup.servers.size(); ++i) {
    world->at(event_at, [this, i] { world->kill(i, false); });
    world->at(back_at, [this, i] { world->revive(i); });
  }
  const load_report& seen = world->run();
  EXPECT_LE(seen.sends_per_lookup(event_at, back_at), 1.25);
  EXPECT_EQ(seen.failed(back_at + 3 * second, setup.end), 0u);
  EXPECT_LT(static_cast<double>(seen.failed(back_at, back_at + 3 * second)), 1000);
}

TEST_P(Targets, R6OverloadForASecond) {
  setup.end = 5 * second;
  make();
  const double factor = 1.67 * 30000 / setup.lookups_per_s;
  world->at(event_at, [&] { world->set_load(factor); });
  world->at(event_at + second, [&] { world->set_load(1); });
  const load_report& seen = world->run();
  const auto asked = std::ranges::count_if(seen.lookups, [](const lookup_record& it) {
    return it.begun >= event_at && it.begun < event_at + second;
  });
  const auto failed = static_cast<double>(seen.failed(event_at, event_at + second));
  EXPECT_GE(1 - failed / static_cast<double>(asked), 0.45);
  EXPECT_LT(seen.sends_per_lookup(event_at, event_at + second), 1.25);
  const micros before = seen.quantile(0.99, 500 * ms, event_at);
  EXPECT_LT(seen.quantile(0.99, event_at + 2 * second, setup.end), 2 * before);
  EXPECT_EQ(seen.failed(event_at + 2 * second, setup.end), 0u);
}

TEST_P(Targets, R7RollingRestartWithDrain) {
  setup.end = 14 * second;
  setup.lookups_per_s = 4000;
  make();
  std::vector<micros> killed;
  for (std::size_t i = 0; i < setup.servers.size(); ++i) {
    const micros from = second + static_cast<micros>(i) * 4 * second;
    killed.push_back(from + 2 * second);
    world->at(from, [this, i] { world->set_draining(i, true); });
    world->at(killed.back(), [this, i] { world->kill(i, true); });
    world->at(killed.back() + 300 * ms, [this, i] { world->revive(i); });
  }
  const load_report& seen = world->run();
  EXPECT_EQ(seen.failed(0, setup.end), 0u);
  for (std::size_t i = 0; i < killed.size(); ++i) {
    // A client learns of it from the next answer; nobody asks in vain when the server stops.
    EXPECT_LE(seen.share(i, killed[i] - 1500 * ms, killed[i]), 0.001);
  }
  EXPECT_LT(seen.sends_per_lookup(0, setup.end), 1.001);
}

TEST_P(Targets, R8ClientsThatWereStoppedBlameNobody) {
  make();
  for (micros when = event_at; when < setup.end; when += 500 * ms) {
    world->at(when, [&] { world->stop_clients(200 * ms); });
  }
  const load_report& seen = world->run();
  EXPECT_EQ(seen.failed(0, setup.end), 0u);
  for (std::size_t client = 0; client < setup.clients; ++client) {
    for (const server_report& it : servers_of_client(client)) {
      EXPECT_EQ(it.tier, server_tier::up) << it.reason;
    }
  }
}

/// One seed is enough to notice a change; REPUTE_SIM_TARGET_SEEDS=N tries more.
std::uint64_t seeds() {
  const char* many = std::getenv("REPUTE_SIM_TARGET_SEEDS");
  return many == nullptr ? 1 : std::strtoull(many, nullptr, 10);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Targets, ::testing::Range<std::uint64_t>(1, 1 + seeds()));

}  // namespace
}  // namespace repute::sim
