// SPDX-License-Identifier: Apache-2.0
// A worker with its socket, event loop and snapshot answers without asking for memory.
#include <gtest/gtest.h>

#include <array>

#include "control/adopter.hpp"
#include "control/worker_set.hpp"
#include "repute/schema/message.hpp"
#include "support/allocation_counter.hpp"
#include "support/temporary_directory.hpp"
#include "unit/server/one_key_database.hpp"
#include "unit/server/udp_client.hpp"

namespace repute::test {
namespace {

// Sends `burst` questions at once and waits for as many answers. Allocates nothing.
bool ask(udp_client& client, const net::socket_address& server, byte_view question, int burst) {
  std::array<std::uint8_t, wire::request_size_max> reply;
  for (int i = 0; i < burst; ++i) {
    client.send(server, question);
  }
  for (int i = 0; i < burst; ++i) {
    if (client.receive_into(reply) == 0) {
      return false;
    }
  }
  return true;
}

TEST(worker_test, a_whole_worker_allocates_nothing) {
  const temporary_directory directory;
  control::config chosen;
  chosen.listen.push_back(*net::parse_socket_address("127.0.0.1:0"));
  chosen.workers = 1;
  net::serving serving(1, 1, 1);
  const auto live = open_live(directory.path(), serving.states);
  control::adopter adopter(directory.path(), store::storage_mode::mmap, *live);
  ASSERT_EQ(publish_one_key(directory.path(), 1), 1u);
  ASSERT_TRUE(adopter.adopt().changed);
  const control::worker_set workers(chosen, serving);
  const net::socket_address& server = workers.addresses().front();

  udp_client client;
  const key one = the_one_key();
  std::array<std::uint8_t, wire::request_size_max> question{};
  const std::size_t size = wire::encode_request(wire::type::query, 7, 0, {&one, 1}, question);
  const byte_view asked = byte_view(question).first(size);
  // One at a time, so that the worker sleeps and wakes; and many, so that replies are merged.
  const std::array<int, 3> bursts{1, 40, 100};
  for (const int burst : bursts) {
    ASSERT_TRUE(ask(client, server, asked, burst));
  }
  const std::uint64_t before = allocations();
  for (int round = 0; round < 100; ++round) {
    for (const int burst : bursts) {
      ASSERT_TRUE(ask(client, server, asked, burst));
    }
  }
  EXPECT_EQ(allocations(), before);
  EXPECT_GT(before, 0u);  // the hook does count
  EXPECT_EQ(workers.kernel_drops(), 0u);
}

}  // namespace
}  // namespace repute::test
