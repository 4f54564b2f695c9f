// SPDX-License-Identifier: Apache-2.0
#include "repute_bench/meters.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <ctime>

namespace {

using namespace repute::bench;

TEST(meters, read_smaps) {
  constexpr std::string_view text =
      "55d0-7ffc ---p 00000000 00:00 0 [rollup]\nRss:     4096 kB\nPss:      2048 kB\n"
      "Pss_Anon:   1024 kB\nAnonHugePages:    512 kB\n";
  EXPECT_EQ(smaps_value(text, "Pss"), 2048U);
  EXPECT_EQ(smaps_value(text, "AnonHugePages"), 512U);
  EXPECT_EQ(smaps_value(text, "FilePmdMapped"), 0U);
  EXPECT_EQ(smaps_value("", "Pss"), 0U);
}

TEST(meters, find_drops_of_a_port) {
  constexpr std::string_view text =
      "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
      "inode ref pointer drops\n"
      "  10: 0100007F:1B94 00000000:0000 07 00000000:00000000 00:00000000 00000000  0 0 1 2 0 17\n"
      "  11: 0100007F:1B94 00000000:0000 07 00000000:00000000 00:00000000 00000000  0 0 1 2 0 3\n"
      "  12: 0100007F:0035 0100007F:1B94 07 00000000:00000000 00:00000000 00000000  0 0 1 2 0 5\n";
  EXPECT_EQ(udp_drops_in(text, 0x1B94), 20U) << "workers have a socket each";
  EXPECT_EQ(udp_drops_in(text, 53), 5U);
  EXPECT_EQ(udp_drops_in(text, 54), 0U);
  EXPECT_EQ(udp_drops_in("", 53), 0U);
}

TEST(meters, see_this_process) {
  const std::array<pid_t, 1> self{::getpid()};
  // The scheduler writes it down at its ticks, so a process that has just begun has used nothing.
  constexpr clock_t some_ticks = CLOCKS_PER_SEC / 20;
  while (std::clock() < some_ticks) {
  }
  EXPECT_GT(cpu_ns_of(self), 0U);
  EXPECT_GT(memory_of(self).pss_kib, 0U);
  EXPECT_GE(this_machine().cores, 1U);
  EXPECT_FALSE(this_machine().kernel.empty());
}

}  // namespace
