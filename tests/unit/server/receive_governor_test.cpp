// SPDX-License-Identifier: Apache-2.0
#include "net/receive_governor.hpp"

#include <gtest/gtest.h>

namespace repute::test {
namespace {

using net::receive_governor;

constexpr int megabyte = 1 << 20;

class receive_governor_test : public ::testing::Test {
 protected:
  // Looks once more, when it is time to. Without a number the buffer is full.
  int look(std::uint32_t waited_us, std::optional<int> waiting_bytes = std::nullopt) {
    now_ns += receive_governor::look_ns;
    EXPECT_TRUE(governor.due(now_ns));
    const auto changed = governor.look(waited_us, waiting_bytes.value_or(bytes), now_ns);
    bytes = changed.value_or(bytes);
    return bytes;
  }

  std::uint64_t now_ns = 1;
  receive_governor governor{megabyte, now_ns};
  int bytes = megabyte;
};

TEST_F(receive_governor_test, one_long_wait_changes_nothing) {
  EXPECT_EQ(look(20'000), megabyte);
  EXPECT_EQ(look(100), megabyte);
  EXPECT_EQ(look(20'000), megabyte);
}

TEST_F(receive_governor_test, a_queue_that_stays_too_long_gets_the_room_it_can_be_answered_in) {
  look(6'000);
  EXPECT_EQ(look(6'000), megabyte / 2);
  // What now waits is answered in time: that is where it stays.
  EXPECT_EQ(look(receive_governor::wanted_us), megabyte / 2);
  EXPECT_EQ(look(receive_governor::too_long_us), megabyte / 2);
  look(6'000);
  EXPECT_EQ(look(6'000), megabyte / 4);
}

TEST_F(receive_governor_test, a_queue_that_is_too_long_in_a_large_buffer_is_found_out) {
  look(5'000, megabyte / 4);
  EXPECT_EQ(look(5'000, megabyte / 4), megabyte / 4 * 3 / 5);
}

TEST_F(receive_governor_test, a_worker_without_a_core_keeps_its_room) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(look(50'000, receive_governor::bytes_min - 1), megabyte);
  }
}

TEST_F(receive_governor_test, room_comes_back_when_there_is_time) {
  look(30'000);
  const int least = look(30'000);
  EXPECT_LE(least, megabyte / 10);
  EXPECT_EQ(look(receive_governor::wanted_us / 2 - 1), least + least / 4);
  for (int i = 0; i < 20; ++i) {
    look(0);
  }
  EXPECT_EQ(bytes, megabyte);
}

TEST_F(receive_governor_test, some_room_is_always_left) {
  for (int i = 0; i < 10; ++i) {
    look(UINT32_MAX);
  }
  EXPECT_EQ(bytes, receive_governor::bytes_min);
}

TEST_F(receive_governor_test, a_small_buffer_never_becomes_larger_than_it_was_granted) {
  constexpr int granted = 4096;
  receive_governor small(granted, 0);
  std::uint64_t now = 0;
  for (const std::uint32_t waited : {9'000U, 9'000U, 0U, 0U}) {
    EXPECT_FALSE(small.look(waited, granted, now += receive_governor::look_ns));
  }
}

TEST_F(receive_governor_test, it_looks_now_and_then_only) {
  look(9'000);
  EXPECT_FALSE(governor.due(now_ns + receive_governor::look_ns - 1));
}

}  // namespace
}  // namespace repute::test
