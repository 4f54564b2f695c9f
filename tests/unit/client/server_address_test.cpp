// SPDX-License-Identifier: Apache-2.0
#include "server_address.hpp"

#include <gtest/gtest.h>
#include <netdb.h>

#include <boost/system/system_error.hpp>

namespace repute::test {
namespace {

TEST(ServerAddress, SplitsEveryForm) {
  const std::pair<const char*, host_and_port> forms[] = {
      {"192.0.2.1", {"192.0.2.1", "7060"}},
      {"192.0.2.1:53", {"192.0.2.1", "53"}},
      {"mx.example", {"mx.example", "7060"}},
      {"mx.example:1", {"mx.example", "1"}},
      {"::1", {"::1", "7060"}},
      {"[::1]", {"::1", "7060"}},
      {"[2001:db8::1]:65535", {"2001:db8::1", "65535"}}};
  for (const auto& [text, parts] : forms) {
    EXPECT_EQ(split_server(text), parts) << text;
  }
}

TEST(ServerAddress, RefusesWhatIsNoServer) {
  for (const char* text : {"", ":", ":7060", "a:", "a:0", "a:65536", "a:7x", "a:-1", "[::1", "[]:1",
                           "[::1]7060", "[::1]:"}) {
    EXPECT_EQ(split_server(text), std::nullopt) << text;
  }
}

TEST(ServerAddress, ResolvesNumbersWithoutANetworkAndKeepsEachOnce) {
  const auto found = resolve_servers({"127.0.0.1", "[::1]:53", "127.0.0.1:7060"});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].port(), 7060);
  EXPECT_TRUE(found[1].address().is_v6());
  EXPECT_THROW((void)resolve_servers({}), boost::system::system_error);
  EXPECT_THROW((void)resolve_servers({"a:b"}), boost::system::system_error);
}

TEST(ServerAddress, LocalhostIsOneServer) {
  if (::gethostbyname("localhost") == nullptr) {
    GTEST_SKIP() << "this machine has no name localhost (no /etc/hosts?)";
  }
  EXPECT_EQ(resolve_servers({"localhost"}).size(), 1u);
}

}  // namespace
}  // namespace repute::test
