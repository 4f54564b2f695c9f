// SPDX-License-Identifier: Apache-2.0
#include "load_generator/load_run.hpp"

#include <gtest/gtest.h>

#include <array>

#include "load_generator/repute_protocol.hpp"

namespace {

using namespace repute;
using namespace repute::bench;

constexpr std::uint64_t ms = 1'000'000;

repute_workload one_key() {
  const std::array kinds{kind::host};
  return {.mix = request_mix::fixed(1, kinds), .held = std::nullopt};
}

TEST(load_run, open_loop_makes_what_is_due_and_no_more) {
  echo_protocol speaks(one_key());
  load_options load;
  load.rate_per_s = 1000;
  load.warm_up_ns = 3600'000 * ms;
  load_run run(speaks, load, 0);
  std::array<std::uint8_t, request_bytes_max> bytes{};
  ASSERT_TRUE(run.go_on(0));
  EXPECT_EQ(run.allowed(0), 1U);
  run.next(bytes, 0);
  EXPECT_EQ(run.allowed(0), 0U);
  EXPECT_EQ(run.allowed(ms), 1U);
  EXPECT_EQ(run.allowed(5 * ms), 5U);
  EXPECT_EQ(run.allowed(5000 * ms), load_run::burst_max) << "the rest follows in further bursts";
}

TEST(load_run, maximum_rate_keeps_a_window) {
  echo_protocol speaks(one_key());
  load_options load;
  load.window = 8;
  load.warm_up_ns = 3600'000 * ms;
  load.grace_ns = 100 * ms;
  load_run run(speaks, load, 0);
  std::array<std::uint8_t, request_bytes_max> bytes{};
  std::uint64_t sent = 0;
  while (run.allowed(0) != 0) {
    EXPECT_EQ(run.allowed(0), 2U) << "a quarter of the window";
    run.next(bytes, 0);
    run.next(bytes, 0);
    sent += 2;
  }
  EXPECT_EQ(sent, 8U);
  run.answered({0, 1, listed_unknown, false}, 128, 1);
  EXPECT_EQ(run.allowed(1), 0U);
  run.answered({1, 1, listed_unknown, false}, 128, 1);
  EXPECT_EQ(run.allowed(1), 2U);
  ASSERT_TRUE(run.go_on(101 * ms)) << "six are lost, the window is halved";
  EXPECT_EQ(run.allowed(101 * ms), 1U);
}

TEST(load_run, maximum_rate_heeds_busy_once_a_stall) {
  echo_protocol speaks(one_key());
  load_options load;
  load.window = 64;
  load.warm_up_ns = 3600'000 * ms;
  load.grace_ns = 1000 * ms;
  load_run run(speaks, load, 20 * ms);
  std::array<std::uint8_t, request_bytes_max> bytes{};
  const judged_reply busy{0, 0, 0, true};
  run.next(bytes, 20 * ms);
  EXPECT_EQ(run.allowed(20 * ms), 16U);
  run.answered(busy, 128, 21 * ms);
  ASSERT_TRUE(run.go_on(21 * ms));
  EXPECT_EQ(run.allowed(21 * ms), 8U);
  run.answered(busy, 128, 22 * ms);
  ASSERT_TRUE(run.go_on(22 * ms));
  EXPECT_EQ(run.allowed(22 * ms), 8U) << "the same stall";
  run.answered(busy, 128, 32 * ms);
  ASSERT_TRUE(run.go_on(32 * ms));
  EXPECT_EQ(run.allowed(32 * ms), 4U);
}

TEST(parse_target, takes_addresses_only) {
  EXPECT_TRUE(parse_target("127.0.0.1:7060"));
  EXPECT_TRUE(parse_target("[::1]:7060"));
  for (const char* bad : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:70000",
                          "localhost:7060", "::1:7060", "[::1]", "127.0.0.1:7060x"}) {
    EXPECT_FALSE(parse_target(bad)) << bad;
  }
}

}  // namespace
