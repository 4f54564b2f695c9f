// SPDX-License-Identifier: Apache-2.0
// Requests and replies of other servers, byte for byte.
#include "load_generator/peer_protocols.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "load_generator/peer_names.hpp"

namespace {

using namespace repute;
using namespace repute::bench;
using namespace std::string_literals;

constexpr std::string_view name0 = "c15c0289ec2d0a91ce56971cde355897";

peer_workload one_record(unsigned keys = 1) {
  return {.held = 1, .hit_percent = 100, .seed = 1, .keys = keys};
}

std::string made(protocol& speaks, std::uint64_t n) {
  std::vector<std::uint8_t> bytes(request_bytes_max);
  const made_request facts = speaks.make(n, bytes);
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(facts.bytes)};
}

std::size_t judged(protocol& speaks, std::string_view bytes, judged_reply& out) {
  return speaks.judge({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, out);
}

std::string name_of_record_0() {
  const auto name = hex_name(0);
  return {name.data(), name.size()};
}

TEST(peer_protocols, dns_asks_for_a_name) {
  dns_protocol speaks(dns_protocol::names::hex, one_record());
  EXPECT_EQ(made(speaks, 0x51234),
            "\x12\x34\0\0\0\1\0\0\0\0\0\0\x20"s + name_of_record_0() + "\2bl\4test\0\0\1\0\1"s);
}

TEST(peer_protocols, dns_asks_for_an_address) {
  dns_protocol speaks(dns_protocol::names::addresses, one_record());
  EXPECT_EQ(made(speaks, 1),
            "\0\1\0\0\0\1\0\0\0\0\0\0\3\x31\x30\x30\3\x31\x30\x30\3\x31\x30\x30\3\x31\x30\x30"
            "\2bl\4test\0\0\1\0\1"s);
}

TEST(peer_protocols, dns_replies) {
  dns_protocol speaks(dns_protocol::names::hex, one_record());
  judged_reply out;
  EXPECT_EQ(judged(speaks, "\x12\x34\x84\0\0\1\0\1\0\0\0\0"s, out), 12U);
  EXPECT_EQ(out.id, 0x1234U);
  EXPECT_EQ(out.listed, 1);
  EXPECT_EQ(judged(speaks, "\x12\x34\x84\3\0\1\0\0\0\0\0\0"s, out), 12U);
  EXPECT_EQ(out.listed, 0);
  EXPECT_FALSE(out.error);
  EXPECT_EQ(judged(speaks, "\x12\x34\x80\2\0\1\0\0\0\0\0\0"s, out), 12U);
  EXPECT_TRUE(out.error) << "SERVFAIL";
  EXPECT_EQ(judged(speaks, "\x12\x34\0\0\0\1\0\0\0\0\0\0"s, out), 0U) << "a question";
  EXPECT_EQ(judged(speaks, "\x12\x34\x84"s, out), 0U);
}

TEST(peer_protocols, memcached_over_udp) {
  memcached_protocol speaks(memcached_protocol::transport::udp, one_record());
  const std::string name = name_of_record_0();
  EXPECT_EQ(made(speaks, 0x102), "\1\2\0\0\0\1\0\0get "s + name + "\r\n");
  judged_reply out;
  const std::string hit = "\1\2\0\0\0\1\0\0VALUE "s + name + " 0 8\r\nabcdefgh\r\nEND\r\n";
  EXPECT_EQ(judged(speaks, hit, out), hit.size());
  EXPECT_EQ(out.id, 0x102U);
  EXPECT_EQ(out.listed, 1);
  EXPECT_EQ(judged(speaks, "\1\2\0\0\0\1\0\0END\r\n"s, out), 13U);
  EXPECT_EQ(out.listed, 0);
  EXPECT_EQ(out.keys, 1);
}

TEST(peer_protocols, memcached_over_tcp) {
  memcached_protocol speaks(memcached_protocol::transport::tcp, one_record(3));
  const std::string name = name_of_record_0();
  EXPECT_EQ(made(speaks, 7), "get " + name + " " + name + " " + name + "\r\n");
  EXPECT_EQ(speaks.id_bits(), 0U);
  const std::string value = "VALUE " + name + " 0 8\r\nabcdefgh\r\n";
  const std::string reply = value + value + "END\r\n";
  judged_reply out;
  EXPECT_EQ(judged(speaks, reply + "VALUE", out), reply.size()) << "the next one has begun";
  EXPECT_EQ(out.listed, 2);
  EXPECT_EQ(out.keys, 3);
  for (std::size_t cut = 0; cut < reply.size(); ++cut) {
    EXPECT_EQ(judged(speaks, reply.substr(0, cut), out), 0U) << cut;
  }
  EXPECT_EQ(judged(speaks, "SERVER_ERROR out of memory\r\n", out), 28U);
  EXPECT_TRUE(out.error);
}

TEST(peer_protocols, redis_get) {
  redis_protocol speaks(one_record());
  EXPECT_EQ(made(speaks, 3), "*2\r\n$3\r\nGET\r\n$32\r\n" + name_of_record_0() + "\r\n");
  judged_reply out;
  EXPECT_EQ(judged(speaks, "$8\r\nabcdefgh\r\n$-1\r\n", out), 14U);
  EXPECT_EQ(out.listed, 1);
  EXPECT_EQ(judged(speaks, "$-1\r\n", out), 5U);
  EXPECT_EQ(out.listed, 0);
  EXPECT_EQ(out.keys, 1);
  EXPECT_EQ(judged(speaks, "-ERR no\r\n", out), 9U);
  EXPECT_TRUE(out.error);
}

TEST(peer_protocols, redis_mget) {
  redis_protocol speaks(one_record(2));
  const std::string name = "$32\r\n" + name_of_record_0() + "\r\n";
  EXPECT_EQ(made(speaks, 3), "*3\r\n$4\r\nMGET\r\n" + name + name);
  const std::string reply = "*2\r\n$-1\r\n$8\r\nabcdefgh\r\n";
  judged_reply out;
  EXPECT_EQ(judged(speaks, reply + "*2", out), reply.size());
  EXPECT_EQ(out.listed, 1);
  EXPECT_EQ(out.keys, 2);
  for (std::size_t cut = 0; cut < reply.size(); ++cut) {
    EXPECT_EQ(judged(speaks, reply.substr(0, cut), out), 0U) << cut;
  }
}

TEST(peer_protocols, fuzzy_check) {
  fuzzy_protocol speaks(one_record());
  const auto digest = fuzzy_digest(0);
  EXPECT_EQ(made(speaks, 0x04030201),
            "\4\0\0\0\0\0\0\0\1\2\3\4"s + std::string(digest.begin(), digest.end()));
  judged_reply out;
  EXPECT_EQ(judged(speaks, "\x0a\0\0\0\1\0\0\0\1\2\3\4\0\0\x80\x3f"s, out), 16U);
  EXPECT_EQ(out.id, 0x04030201U);
  EXPECT_EQ(out.listed, 1);
  EXPECT_EQ(judged(speaks, "\0\0\0\0\0\0\0\0\1\2\3\4\0\0\0\0"s, out), 16U);
  EXPECT_EQ(out.listed, 0);
  EXPECT_FALSE(out.error);
  EXPECT_EQ(judged(speaks, "\x93\1\0\0\0\0\0\0\1\2\3\4\0\0\0\0"s, out), 16U);
  EXPECT_TRUE(out.error) << "403";
}

TEST(peer_protocols, are_chosen_by_word) {
  for (const std::string_view word :
       {"dns", "dns-ip", "memcached-udp", "memcached-tcp", "redis", "fuzzy"}) {
    ASSERT_TRUE(choose_peer(word, {})) << word;
    EXPECT_EQ(choose_peer(word, {})->stream, word == "redis" || word == "memcached-tcp");
  }
  EXPECT_FALSE(choose_peer("dcc", {}));
}

TEST(peer_names, record_0_has_the_name_that_the_data_files_use) {
  EXPECT_EQ(name_of_record_0(), name0);
}

}  // namespace
