// SPDX-License-Identifier: Apache-2.0
// Both engines against servers of one thread in this process.
#include "load_generator/engine.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "load_generator/peer_protocols.hpp"
#include "load_generator/repute_protocol.hpp"
#include "load_generator/sockets.hpp"

namespace {

using namespace repute;
using namespace repute::bench;

constexpr std::uint64_t ms = 1'000'000;

repute_workload one_key() {
  const std::array kinds{kind::host};
  return {.mix = request_mix::fixed(1, kinds), .held = std::nullopt};
}

// An echo that ends with its object; it forgets every `forget`-th request if that is not 0.
class udp_echo {
 public:
  explicit udp_echo(std::uint64_t forget = 0) : fd_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof to;
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&to), size), 0);
    EXPECT_EQ(::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&to), &size), 0);
    address = "127.0.0.1:" + std::to_string(ntohs(to.sin_port));
    thread_ = std::thread([this, forget] { serve(forget); });
  }
  ~udp_echo() {
    stop_ = true;
    thread_.join();
  }
  udp_echo(const udp_echo&) = delete;
  udp_echo& operator=(const udp_echo&) = delete;
  std::string address;

 private:
  void serve(std::uint64_t forget) {
    std::array<char, 2048> bytes{};
    for (std::uint64_t n = 1; !stop_;) {
      pollfd ready{fd_.get(), POLLIN, 0};
      if (::poll(&ready, 1, 10) <= 0) {
        continue;
      }
      sockaddr_in peer{};
      socklen_t size = sizeof peer;
      const ssize_t got = ::recvfrom(fd_.get(), bytes.data(), bytes.size(), 0,
                                     reinterpret_cast<sockaddr*>(&peer), &size);
      if (got > 0 && (forget == 0 || n++ % forget != 0)) {
        ::sendto(fd_.get(), bytes.data(), static_cast<std::size_t>(got), 0,
                 reinterpret_cast<sockaddr*>(&peer), size);
      }
    }
  }

  descriptor fd_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

// Until there is a reply: either end may be without a processor for one whole load.
constexpr int runs_max = 20;

load_options short_load() {
  load_options load;
  load.window = 16;
  load.warm_up_ns = 5 * ms;
  load.measure_ns = 50 * ms;
  load.grace_ns = 5000 * ms;
  return load;
}

TEST(udp_engine, maximum_rate_against_an_echo) {
  const udp_echo server;
  echo_protocol speaks(one_key());
  load_options load = short_load();
  int begun = 0;
  int ended = 0;
  load.at_begin = [&] { ++begun; };
  load.at_end = [&] { ++ended; };
  outcome out;
  int runs = 0;
  do {
    out = run_udp(*parse_target(server.address), speaks, load);
    ++runs;
  } while (out.replies == 0 && runs < runs_max);
  EXPECT_EQ(begun, runs);
  EXPECT_EQ(ended, runs);
  EXPECT_GT(out.replies, 0U);
  EXPECT_EQ(out.lost, 0U);
  EXPECT_EQ(out.wrong, 0U);
  EXPECT_EQ(out.unmatched, 0U);
  EXPECT_EQ(out.latency.count(), out.requests);
  EXPECT_EQ(out.reply_bytes, 128 * out.replies);
  EXPECT_DOUBLE_EQ(out.seconds, 0.05);
}

TEST(udp_engine, open_loop_offers_exactly_its_rate_from_all_sockets) {
  const udp_echo server;
  echo_protocol speaks(one_key());
  load_options load = short_load();
  load.rate_per_s = 2000;
  load.sockets = 3;
  const outcome out = run_udp(*parse_target(server.address), speaks, load);
  EXPECT_NEAR(static_cast<double>(out.requests), 100, 1);
  EXPECT_EQ(out.lost, 0U);
  EXPECT_EQ(out.latency.count(), out.requests);
}

TEST(udp_engine, counts_what_is_never_answered) {
  const udp_echo server(4);
  echo_protocol speaks(one_key());
  load_options load = short_load();
  load.rate_per_s = 2000;
  load.grace_ns = 1000 * ms;
  const outcome out = run_udp(*parse_target(server.address), speaks, load);
  EXPECT_NEAR(static_cast<double>(out.lost), static_cast<double>(out.requests) / 4, 2);
  EXPECT_EQ(out.latency.count(), out.requests - out.lost);
}

// Answers each line with END; takes one connection after another.
class line_server {
 public:
  line_server() : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof to;
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&to), size), 0);
    EXPECT_EQ(::listen(fd_.get(), 4), 0);
    EXPECT_EQ(::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&to), &size), 0);
    address = "127.0.0.1:" + std::to_string(ntohs(to.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  ~line_server() { thread_.join(); }
  line_server(const line_server&) = delete;
  line_server& operator=(const line_server&) = delete;
  std::string address;

 private:
  void serve() {
    const descriptor client(::accept(fd_.get(), nullptr, nullptr));
    std::array<char, 4096> bytes{};
    for (ssize_t got = 0; (got = ::recv(client.get(), bytes.data(), bytes.size(), 0)) > 0;) {
      std::string replies;
      for (ssize_t i = 0; i < got; ++i) {
        replies += bytes[static_cast<std::size_t>(i)] == '\n' ? "END\r\n" : "";
      }
      ::send(client.get(), replies.data(), replies.size(), MSG_NOSIGNAL);
    }
  }

  descriptor fd_;
  std::thread thread_;
};

TEST(tcp_engine, pipelines_and_keeps_the_order) {
  const line_server server;
  memcached_protocol speaks(memcached_protocol::transport::tcp,
                            {.held = 0, .hit_percent = 0, .seed = 1, .keys = 4});
  outcome out;
  for (int runs = 0; out.replies == 0 && runs < runs_max; ++runs) {
    out = run_tcp(*parse_target(server.address), speaks, short_load());
  }
  EXPECT_GT(out.replies, 0U);
  EXPECT_EQ(out.keys, 4 * out.replies);
  EXPECT_EQ(out.lost, 0U);
  EXPECT_EQ(out.wrong, 0U);
  EXPECT_EQ(out.unmatched, 0U);
}

TEST(tcp_engine, open_loop_offers_exactly_its_rate) {
  const line_server server;
  memcached_protocol speaks(memcached_protocol::transport::tcp,
                            {.held = 0, .hit_percent = 0, .seed = 1, .keys = 1});
  load_options load = short_load();
  load.rate_per_s = 1000;
  const outcome out = run_tcp(*parse_target(server.address), speaks, load);
  EXPECT_NEAR(static_cast<double>(out.requests), 50, 1);
  EXPECT_EQ(out.latency.count(), out.requests);
}

}  // namespace
