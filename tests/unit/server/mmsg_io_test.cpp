// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <poll.h>

#include "net/datagram_io.hpp"
#include "unit/server/udp_client.hpp"

namespace repute::test {
namespace {

constexpr int receive_buffer = 1 << 20;

class mmsg_io_test : public ::testing::Test {
 protected:
  void open(std::string_view address, net::merging merge = {}, int buffer = receive_buffer) {
    net::udp_socket socket = net::open_udp_socket(*net::parse_socket_address(address), buffer);
    bound = socket.local;
    io = net::make_mmsg_io(std::move(socket), merge);
  }

  // Loopback delivers before send() returns, so what was sent is there.
  std::span<const query::datagram> receive() {
    pollfd readable{io->native_handle(), POLLIN, 0};
    EXPECT_EQ(::poll(&readable, 1, 5000), 1);
    std::uint64_t realtime_ns = 0;
    const auto batch = io->receive(realtime_ns);
    EXPECT_GT(realtime_ns, 0u);
    return batch;
  }

  net::socket_address bound;
  std::unique_ptr<net::datagram_io> io;
};

const std::vector<std::uint8_t> some_bytes(200, 0xd1);

TEST_F(mmsg_io_test, nothing_waits) {
  open("127.0.0.1:0");
  std::uint64_t realtime_ns = 0;
  EXPECT_TRUE(io->receive(realtime_ns).empty());
}

TEST_F(mmsg_io_test, a_wildcard_socket_answers_from_the_address_that_was_asked) {
  open("0.0.0.0:0");
  auto asked = *net::parse_socket_address("127.0.0.77:0");
  asked.set_port(bound.port());
  udp_client client;
  client.send(asked, some_bytes);
  const auto batch = receive();
  ASSERT_EQ(batch.size(), 1u);
  EXPECT_EQ(batch[0].local, net::to_endpoint(asked));
  EXPECT_EQ(batch[0].bytes.size(), some_bytes.size());
  EXPECT_LT(batch[0].waited_us, 5'000'000u);
  const query::reply reply{.index = 0, .bytes = byte_view(some_bytes).first(128)};
  EXPECT_EQ(io->send({&reply, 1}), 0u);
  net::socket_address from;
  EXPECT_EQ(client.receive(&from).size(), 128u);
  EXPECT_EQ(net::to_string(from), net::to_string(asked));
}

TEST_F(mmsg_io_test, a_broadcast_is_marked) {
  open("0.0.0.0:0");
  udp_client client;
  client.allow_broadcast();
  for (const char* each : {"127.255.255.255:0", "127.0.0.77:0"}) {
    auto asked = *net::parse_socket_address(each);
    asked.set_port(bound.port());
    client.send(asked, some_bytes);
    const auto batch = receive();
    ASSERT_EQ(batch.size(), 1u);
    EXPECT_EQ(batch[0].local, net::to_endpoint(asked));
    EXPECT_EQ(batch[0].broadcast, std::string_view(each).starts_with("127.255")) << each;
  }
}

TEST_F(mmsg_io_test, ipv6) {
  try {
    open("[::]:0");
  } catch (const std::system_error& error) {
    GTEST_SKIP() << "no IPv6 here: " << error.what();
  }
  auto asked = *net::parse_socket_address("[::1]:0");
  asked.set_port(bound.port());
  udp_client client("[::1]:0");
  client.send(asked, some_bytes);
  const auto batch = receive();
  ASSERT_EQ(batch.size(), 1u);
  EXPECT_EQ(batch[0].local, net::to_endpoint(asked));
  const query::reply reply{.index = 0, .bytes = some_bytes};
  EXPECT_EQ(io->send({&reply, 1}), 0u);
  EXPECT_EQ(client.receive().size(), some_bytes.size());
}

TEST_F(mmsg_io_test, a_datagram_that_is_too_long_is_marked) {
  open("127.0.0.1:0");
  udp_client client;
  client.send(bound, std::vector<std::uint8_t>(wire::request_size_max, 1));
  client.send(bound, std::vector<std::uint8_t>(wire::request_size_max + 1, 1));
  client.send(bound, {});
  const auto batch = receive();
  ASSERT_EQ(batch.size(), 3u);
  EXPECT_FALSE(batch[0].truncated);
  EXPECT_TRUE(batch[1].truncated);
  EXPECT_TRUE(batch[2].bytes.empty());
}

TEST_F(mmsg_io_test, one_reply_that_cannot_be_sent_does_not_lose_the_others) {
  open("127.0.0.1:0");
  udp_client client;
  for (int i = 0; i < 4; ++i) {
    client.send(bound, some_bytes);
  }
  ASSERT_EQ(receive().size(), 4u);
  // No UDP datagram can hold 70 000 bytes: EMSGSIZE for the two in the middle.
  const std::vector<std::uint8_t> impossible(70'000);
  const std::array<query::reply, 4> replies{
      {{.index = 0, .bytes = byte_view(some_bytes).first(101)},
       {.index = 1, .bytes = impossible},
       {.index = 2, .bytes = impossible},
       {.index = 3, .bytes = byte_view(some_bytes).first(104)}}};
  EXPECT_EQ(io->send(replies), 2u);
  EXPECT_EQ(client.receive().size(), 101u);
  EXPECT_EQ(client.receive().size(), 104u);
}

// The kernel cuts merged replies apart again: a client cannot tell.
TEST_F(mmsg_io_test, replies_to_one_client_arrive_one_by_one) {
  for (const bool merge : {true, false}) {
    open("127.0.0.1:0", {.replies = merge, .requests = true});
    std::array<udp_client, 2> clients;
    for (int i = 0; i < 8; ++i) {
      clients[static_cast<std::size_t>(i % 2)].send(bound, some_bytes);
    }
    ASSERT_EQ(receive().size(), 8u);
    std::array<std::vector<std::uint8_t>, 8> bytes;
    std::array<query::reply, 8> replies;
    for (std::size_t i = 0; i < replies.size(); ++i) {
      bytes[i].assign(i < 6 ? 100 : 40, static_cast<std::uint8_t>(i));
      replies[i] = {.index = i, .bytes = bytes[i]};
    }
    EXPECT_EQ(io->send(replies), 0u);
    for (std::size_t i = 0; i < replies.size(); ++i) {
      EXPECT_EQ(clients[i % 2].receive(), bytes[i]) << i << " merged: " << merge;
    }
  }
}

// The kernel hands a burst over as one; the server must see what was sent.
TEST_F(mmsg_io_test, a_burst_arrives_as_it_was_sent) {
  for (const bool merge : {true, false}) {
    open("127.0.0.1:0", {.replies = true, .requests = merge});
    udp_client client;
    udp_client other;
    std::vector<std::uint8_t> burst(40 * 200 + 77);  // and a shorter one at its end
    for (std::size_t i = 0; i < burst.size(); ++i) {
      burst[i] = static_cast<std::uint8_t>(i / 200);
    }
    client.send_burst(bound, burst, 200);
    other.send(bound, some_bytes);
    std::vector<std::size_t> sizes;
    for (int round = 0; sizes.size() < 42 && round < 42; ++round) {
      std::uint64_t realtime_ns = 0;
      const auto batch = io->has_more() ? io->receive(realtime_ns) : receive();
      ASSERT_FALSE(batch.empty());
      std::vector<query::reply> replies;
      for (std::size_t i = 0; i < batch.size(); ++i) {
        const bool of_burst = sizes.size() < 41;
        EXPECT_EQ(batch[i].bytes[0], of_burst ? sizes.size() : some_bytes[0]);
        EXPECT_FALSE(batch[i].truncated);
        sizes.push_back(batch[i].bytes.size());
        replies.push_back({.index = i, .bytes = batch[i].bytes.first(20)});
      }
      EXPECT_EQ(io->send(replies), 0u);
    }
    ASSERT_EQ(sizes.size(), 42u) << "merged: " << merge;
    EXPECT_FALSE(io->has_more());
    EXPECT_EQ(sizes[39], 200u);
    EXPECT_EQ(sizes[40], 77u);
    for (std::uint8_t i = 0; i < 41; ++i) {
      EXPECT_EQ(client.receive(), std::vector<std::uint8_t>(20, i));
    }
    EXPECT_EQ(other.receive().size(), 20u);
  }
}

TEST_F(mmsg_io_test, pieces_that_are_too_long_are_marked) {
  open("127.0.0.1:0");
  udp_client client;
  client.send_burst(bound, std::vector<std::uint8_t>(3 * 1400), 1400);
  const auto batch = receive();
  ASSERT_EQ(batch.size(), 3u);
  for (const query::datagram& each : batch) {
    EXPECT_TRUE(each.truncated);
    EXPECT_EQ(each.bytes.size(), wire::request_size_max);
  }
}

TEST_F(mmsg_io_test, a_client_that_is_gone_does_not_lose_the_others) {
  open("127.0.0.1:0");
  udp_client stays;
  {
    udp_client gone;
    gone.send(bound, some_bytes);
  }
  stays.send(bound, some_bytes);
  ASSERT_EQ(receive().size(), 2u);
  const std::array<query::reply, 2> replies{
      {{.index = 0, .bytes = some_bytes}, {.index = 1, .bytes = some_bytes}}};
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(io->send(replies), 0u);
    EXPECT_EQ(stays.receive().size(), some_bytes.size());
  }
}

TEST_F(mmsg_io_test, what_the_kernel_throws_away_is_counted) {
  open("127.0.0.1:0", {}, 2048);
  EXPECT_EQ(io->kernel_drops(), 0u);
  udp_client client;
  constexpr std::uint32_t sent = 100;
  for (std::uint32_t i = 0; i < sent; ++i) {
    client.send(bound, some_bytes);
  }
  std::size_t received = receive().size();
  // A busy kernel delivers some of them later.
  pollfd readable{io->native_handle(), POLLIN, 0};
  while (received + io->kernel_drops() < sent && ::poll(&readable, 1, 5000) == 1) {
    std::uint64_t realtime_ns = 0;
    received += io->receive(realtime_ns).size();
  }
  EXPECT_GT(io->kernel_drops(), 0u);
  client.send(bound, some_bytes);
  EXPECT_EQ(::poll(&readable, 1, 5000), 1);
  EXPECT_GE(io->waiting_bytes(), static_cast<int>(some_bytes.size() / 2));
  EXPECT_EQ(received + io->kernel_drops(), sent);
}

TEST_F(mmsg_io_test, the_receive_buffer_shrinks_and_grows) {
  open("127.0.0.1:0");
  const int granted = io->receive_buffer();
  EXPECT_EQ(io->waiting_bytes(), 0);
  io->set_receive_buffer(64 << 10);
  EXPECT_EQ(io->receive_buffer(), 64 << 10);
  io->set_receive_buffer(granted);
  EXPECT_EQ(io->receive_buffer(), granted);
}

TEST_F(mmsg_io_test, several_sockets_share_an_address) {
  open("127.0.0.1:0");
  const net::udp_socket second = net::open_udp_socket(bound, receive_buffer);
  EXPECT_EQ(second.local.port(), bound.port());
  EXPECT_GT(second.receive_buffer, 0);
}

TEST_F(mmsg_io_test, an_address_of_somebody_else_cannot_be_bound) {
  EXPECT_THROW(open("192.0.2.1:0"), std::system_error);
}

}  // namespace
}  // namespace repute::test
