// SPDX-License-Identifier: Apache-2.0
#include "net/socket_address.hpp"

#include <gtest/gtest.h>

namespace repute::net {
namespace {

TEST(socket_address_test, reads_and_writes_both_families) {
  for (const char* text : {"127.0.0.1:7060", "0.0.0.0:0", "[::1]:65535", "[2001:db8::7]:53"}) {
    const auto address = parse_socket_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_string(*address), text);
  }
}

TEST(socket_address_test, refuses_everything_else) {
  for (const char* text : {"", ":", "127.0.0.1", "127.0.0.1:", ":7060", "127.0.0.1:65536",
                           "127.0.0.1:-1", "127.0.0.1:7060x", "::1:7060", "[127.0.0.1]:1", "[::1]",
                           "[]:1", "localhost:7060", "127.0.0.1 :7060", "1.2.3:7"}) {
    EXPECT_FALSE(parse_socket_address(text)) << text;
  }
  using namespace std::string_view_literals;
  EXPECT_FALSE(parse_socket_address("127.0.0.1\0x:7060"sv)) << "a zero byte ends no address";
}

TEST(socket_address_test, wildcard) {
  EXPECT_TRUE(parse_socket_address("0.0.0.0:1")->is_wildcard());
  EXPECT_TRUE(parse_socket_address("[::]:1")->is_wildcard());
  EXPECT_FALSE(parse_socket_address("127.0.0.1:1")->is_wildcard());
  EXPECT_FALSE(parse_socket_address("[::1]:1")->is_wildcard());
}

TEST(socket_address_test, loopback) {
  EXPECT_TRUE(parse_socket_address("127.9.9.9:1")->is_loopback());
  EXPECT_TRUE(parse_socket_address("[::1]:1")->is_loopback());
  EXPECT_FALSE(parse_socket_address("0.0.0.0:1")->is_loopback());
  EXPECT_FALSE(parse_socket_address("[::]:1")->is_loopback());
  EXPECT_FALSE(parse_socket_address("192.0.2.127:1")->is_loopback());
}

TEST(socket_address_test, endpoints_compare_mapped) {
  const query::endpoint got = to_endpoint(*parse_socket_address("192.0.2.1:9"));
  EXPECT_EQ(got.port, 9);
  EXPECT_EQ(got.address[11], 0xff);
  EXPECT_EQ(got.address[12], 192);
  socket_address moved = *parse_socket_address("[::1]:9");
  moved.set_port(10);
  EXPECT_EQ(to_string(moved), "[::1]:10");
}

}  // namespace
}  // namespace repute::net
