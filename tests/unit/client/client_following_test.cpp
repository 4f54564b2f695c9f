// SPDX-License-Identifier: Apache-2.0
// The client follows what changes while it runs: lists of servers, ports, and what its user sees.
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <random>
#include <thread>

#include "fake_server.hpp"
#include "repute/client/client.hpp"
#include "repute/schema/bytes.hpp"
#include "repute/seal/server_list.hpp"

namespace repute::test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using boost::system::error_code;

std::vector<std::uint8_t> part_of(byte_view request, const std::string& document,
                                  std::uint32_t version) {
  wire::packet_header header;
  wire::fetch_request asked;
  if (wire::decode_request_header(request, header) != wire::header_check::ok ||
      !wire::decode_fetch(request.subspan(wire::header::size), asked)) {
    return {};
  }
  const std::vector<std::uint8_t> whole(document.begin(), document.end());
  const byte_view rest =
      byte_view(whole).subspan(std::min<std::size_t>(asked.offset, document.size()));
  std::vector<std::uint8_t> out(wire::request_size_max);
  wire::reply_buffer reply(out, out.size());
  wire::encode_part(header,
                    {.total = static_cast<std::uint32_t>(document.size()),
                     .offset = asked.offset,
                     .version = version,
                     .bytes = rest.first(std::min<std::size_t>(rest.size(), 100))},
                    reply);
  out.resize(reply.size());
  return out;
}

/// Answers queries and pings under this generation and epoch, and serves a document.
fake_server::behaviour serving(const std::string& document, std::uint32_t version) {
  return [document, version](byte_view request) {
    if (request[wire::header::type] == static_cast<std::uint8_t>(wire::type::fetch)) {
      return part_of(request, document, version);
    }
    wire::server_status status;
    status.generation = 3;
    status.data_epoch = 7;
    return reply_to(request, status);
  };
}

client_report report_of(asio::io_context& context, client& asker) {
  std::optional<client_report> seen;
  asker.async_report([&](error_code, client_report report) { seen = std::move(report); });
  while (!seen) {
    context.run_one();
  }
  return *std::move(seen);
}

class ClientFollowing : public ::testing::Test {
 protected:
  [[nodiscard]] std::string list_naming(const std::string& server, const seal::signing_key& by) {
    const auto port = static_cast<std::uint16_t>(std::stoul(server.substr(server.find(':') + 1)));
    return seal::sign_server_list(
               {.version = 2, .data_epoch = 7, .servers = {{"127.0.0.1", port, 40}}}, by)
        .value();
  }
  [[nodiscard]] client_options options(const fake_server& first) const {
    client_options made;
    made.servers = {first.address()};
    made.deadline = 5s;
    made.list_key = to_string(key.public_half());
    return made;
  }

  asio::io_context context;
  seal::signing_key key = seal::signing_key::generate();
};

TEST_F(ClientFollowing, AdoptsTheSignedListWhileItRuns) {
  fake_server second(context);
  fake_server first(context, serving(list_naming(second.address(), key), 2));
  client asker(context.get_executor(), options(first));
  while (asker.servers().size() < 2) {
    context.run_one();
  }
  EXPECT_EQ(asker.servers()[1], second.address());
  const client_report seen = report_of(context, asker);
  EXPECT_EQ(seen.list_version, 2u);
  EXPECT_EQ(seen.servers.at(1).bias, 40us);
  while (second.received() < 2) {
    context.run_one();  // it is pinged
  }
}

TEST_F(ClientFollowing, AListSignedBySomebodyElseChangesNothing) {
  fake_server second(context);
  const auto stranger = seal::signing_key::generate();
  fake_server first(context, serving(list_naming(second.address(), stranger), 2));
  client asker(context.get_executor(), options(first));
  while (report_of(context, asker).list_problem.empty()) {
    context.run_one();
  }
  EXPECT_NE(report_of(context, asker).list_problem.find("another key"), std::string::npos);
  EXPECT_EQ(asker.servers().size(), 1u);
  EXPECT_EQ(second.received(), 0);
}

TEST_F(ClientFollowing, ReportsItsServers) {
  fake_server server(context);
  client_options made;
  made.servers = {server.address(), deserted_address(context)};
  made.deadline = 5s;
  made.sockets_per_server = 3;
  client asker(context.get_executor(), made);
  bool done = false;
  asker.async_lookup({key_number(1)}, [&](error_code error, const lookup_result&) {
    EXPECT_FALSE(error);
    done = true;
  });
  while (!done) {
    context.run_one();
  }
  const client_report seen = report_of(context, asker);
  ASSERT_EQ(seen.servers.size(), 2u);
  EXPECT_EQ(seen.servers[0].server, server.address());
  EXPECT_EQ(seen.servers[0].tier, server_tier::up);
  EXPECT_EQ(seen.servers[0].sockets, 3u);
  EXPECT_GT(seen.servers[0].srtt, 0us);
  EXPECT_NE(seen.servers[1].tier, server_tier::up);
}

TEST_F(ClientFollowing, SurvivesAHostileSchedule) {
  fake_server steady(context);
  std::atomic<unsigned> turn{0};
  fake_server moody(context, [&](byte_view request) {
    return ++turn % 3 == 0 ? std::vector<std::uint8_t>() : reply_to(request);
  });
  client_options made;
  made.servers = {steady.address(), moody.address(), deserted_address(context)};
  made.deadline = 300ms;
  made.cache_keys = 50;
  auto asker = std::make_shared<client>(context.get_executor(), made);
  auto guard = asio::make_work_guard(context);
  std::jthread first([&] { context.run(); });
  std::jthread second([&] { context.run(); });
  std::atomic<int> completions{0};
  constexpr int lookups = 150;
  {
    std::vector<std::jthread> callers;
    for (unsigned caller = 0; caller < 3; ++caller) {
      callers.emplace_back([&, caller] {
        std::mt19937_64 random(caller);
        std::vector<std::unique_ptr<asio::cancellation_signal>> signals;
        for (int i = 0; i < lookups; ++i) {
          auto& signal = *signals.emplace_back(std::make_unique<asio::cancellation_signal>());
          asker->async_lookup(
              keys_numbered(static_cast<std::uint32_t>(random() % 40),
                            static_cast<std::uint32_t>(1 + random() % 3)),
              asio::bind_cancellation_slot(
                  signal.slot(), [&](error_code, const lookup_result&) { ++completions; }));
          if (random() % 2 == 0) {
            (void)asker->async_report(asio::use_future).get();
          }
          (void)asker->servers();
        }
        while (completions < 3 * lookups) {
          std::this_thread::yield();
        }
      });
    }
  }
  asker.reset();
  guard.reset();
  context.stop();  // the servers would wait for ever
  first.join();
  second.join();
  EXPECT_EQ(completions, 3 * lookups);
}

TEST_F(ClientFollowing, MayBeCancelledAtAnyMoment) {
  // Each round cancels after one more step of the loop, so that every state is met.
  for (int steps = 0; steps < 40; ++steps) {
    asio::io_context own;
    fake_server mute(own, silent);
    fake_server server(own);
    client_options made;
    made.servers = {mute.address(), server.address()};
    made.deadline = 100ms;
    client asker(own.get_executor(), made);
    asio::cancellation_signal signal;
    int completed = 0;
    asker.async_lookup({key_number(1)},
                       asio::bind_cancellation_slot(
                           signal.slot(), [&](error_code, const lookup_result&) { ++completed; }));
    for (int i = 0; i < steps && completed == 0; ++i) {
      own.run_one();
    }
    signal.emit(asio::cancellation_type::terminal);
    while (completed == 0) {
      own.run_one();
    }
    own.poll();
    EXPECT_EQ(completed, 1) << steps;
  }
}

}  // namespace
}  // namespace repute::test
