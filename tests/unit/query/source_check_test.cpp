// SPDX-License-Identifier: Apache-2.0
#include "query/source_check.hpp"

#include <gtest/gtest.h>

#include "unit/query/query_fixture.hpp"

namespace repute::test {
namespace {

bool answered(const query::endpoint& peer, const query::endpoint& local = server_endpoint) {
  return query::may_answer({.bytes = {}, .peer = peer, .local = local});
}

query::endpoint endpoint6(std::uint8_t first, std::uint8_t last, std::uint16_t port) {
  query::endpoint out;
  out.address[0] = first;
  out.address[15] = last;
  out.port = port;
  return out;
}

TEST(source_check_test, clients_are_answered) {
  EXPECT_TRUE(answered(client_endpoint));
  EXPECT_TRUE(answered(endpoint4({127, 0, 0, 1}, 1024)));
  EXPECT_TRUE(answered(endpoint6(0xfe, 1, 40000)));
  EXPECT_TRUE(answered(endpoint6(0, 1, 40000), endpoint6(0, 1, 7060)));
}

TEST(source_check_test, ports_that_would_loop_are_not) {
  for (const std::uint16_t port : std::initializer_list<std::uint16_t>{0, 7, 19, 53}) {
    EXPECT_FALSE(answered(endpoint4({192, 0, 2, 1}, port))) << port;
  }
}

TEST(source_check_test, addresses_that_are_nobody_are_not) {
  EXPECT_FALSE(answered(endpoint4({0, 0, 0, 0}, 4000)));
  EXPECT_FALSE(answered(endpoint4({255, 255, 255, 255}, 4000)));
  EXPECT_FALSE(answered(endpoint4({224, 0, 0, 1}, 4000)));
  EXPECT_FALSE(answered(endpoint4({239, 1, 2, 3}, 4000)));
  EXPECT_FALSE(answered(endpoint6(0, 0, 4000)));
  EXPECT_FALSE(answered(endpoint6(0xff, 1, 4000)));
}

TEST(source_check_test, the_server_itself_is_not) {
  EXPECT_FALSE(answered(server_endpoint));
  EXPECT_TRUE(answered(endpoint4({192, 0, 2, 53}, 40000)));
}

TEST(source_check_test, what_was_sent_to_a_multicast_address_is_not) {
  EXPECT_FALSE(answered(endpoint6(0xfe, 1, 4000), endpoint6(0xff, 1, 7060)));
}

TEST(source_check_test, what_was_sent_to_a_broadcast_address_is_not) {
  query::datagram one = to_server({});
  EXPECT_TRUE(query::may_answer(one));
  one.broadcast = true;
  EXPECT_FALSE(query::may_answer(one));
}

}  // namespace
}  // namespace repute::test
