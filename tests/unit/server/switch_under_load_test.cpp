// SPDX-License-Identifier: Apache-2.0
// Snapshots are switched while workers answer real datagrams: no query is lost, and every verdict
// belongs to the generation that its own status block names.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "repute/schema/message.hpp"
#include "support/raise_to.hpp"
#include "unit/server/one_key_database.hpp"
#include "unit/server/udp_client.hpp"

namespace repute::test {
namespace {

struct client_report {
  std::atomic<std::uint64_t> asked{0};
  std::atomic<std::uint64_t> lost{0};
  std::atomic<std::uint64_t> wrong{0};
  std::atomic<std::uint32_t> newest{0};
};

void ask_until(const std::stop_token& stop, const net::socket_address& server,
               client_report& report) {
  udp_client client;
  const key one = the_one_key();
  std::vector<std::uint8_t> request(wire::request_size_max);
  for (std::uint64_t id = 1; !stop.stop_requested(); ++id) {
    const std::size_t size = wire::encode_request(wire::type::query, id, 0, {&one, 1}, request);
    client.send(server, std::span(request).first(size));
    const auto reply = client.receive();
    ++report.asked;
    wire::packet_header header;
    wire::answer_view view;
    if (reply.empty()) {
      ++report.lost;
    } else if (wire::decode_reply_header(reply, header) != wire::header_check::ok ||
               header.req_id != id ||
               !wire::decode_answer_packet(byte_view(reply).subspan(wire::header::size), view)) {
      ++report.wrong;
    } else if (view.status.rcode == wire::rcode::ok) {
      // BUSY is no wrong answer: the machine may be busy with other tests.
      const bool right = view.answers().size() == 1 &&
                         view.answers()[0].score == static_cast<int>(view.status.generation);
      report.wrong += right ? 0 : 1;
      raise_to(view.status.generation, report.newest);
    }
  }
}

TEST(switch_under_load_test, ten_switches_lose_nothing_and_mix_nothing) {
  constexpr int switches = 10;
  one_key_server server(2);
  client_report report;
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < 3; ++i) {
      clients.emplace_back(
          [&](const std::stop_token& stop) { ask_until(stop, server.address(), report); });
    }
    for (int i = 0; i < switches; ++i) {
      const std::uint32_t generation = server.adopt_next();
      // The switch counts when a client has seen it under load.
      while (report.newest != generation && report.lost == 0 && !testing::Test::HasFailure()) {
        std::this_thread::yield();
      }
      server.reclaim();
    }
  }
  EXPECT_EQ(report.lost, 0u);
  EXPECT_EQ(report.wrong, 0u);
  EXPECT_EQ(report.newest, static_cast<std::uint32_t>(switches + 1));
  EXPECT_EQ(server.workers().counters()[static_cast<std::size_t>(query::counter::received)],
            report.asked);
}

}  // namespace
}  // namespace repute::test
