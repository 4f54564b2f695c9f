// SPDX-License-Identifier: Apache-2.0
#include "servers_file.hpp"

#include <gtest/gtest.h>

namespace repute::tool {
namespace {

using lines = std::vector<std::string>;

class servers_file_test : public testing::Test {
 protected:
  lines read(const std::string& text) {
    lines problems;
    result = read_servers_text(text, "s.toml", problems);
    return problems;
  }

  servers_file result;
};

TEST_F(servers_file_test, everything_can_be_said_or_left_out) {
  EXPECT_EQ(read("version = 4294967295\nepoch = 0\n[[server]]\naddress = \"2001:db8::1\"\n"
                 "port = 1\nbias_us = 10000000\n[[server]]\naddress = \"a.example\"\n"),
            lines{});
  EXPECT_EQ(result.version, 4294967295U);
  EXPECT_EQ(result.data_epoch, 0U);
  const std::vector<seal::server_entry> expected{{"2001:db8::1", 1, 10'000'000},
                                                 {"a.example", 7060, 0}};
  EXPECT_EQ(result.servers, expected);
  EXPECT_EQ(read("[[server]]\naddress = \"192.0.2.1\"\n"), lines{});
  EXPECT_FALSE(result.version);
  EXPECT_FALSE(result.data_epoch);
}

TEST_F(servers_file_test, mistakes_are_named_with_their_places) {
  EXPECT_EQ(read("version = 0\nepoch = -1\nservers = 3\n"),
            (lines{"s.toml:1:11: version must be a whole number from 1 to 4294967295",
                   "s.toml:2:9: epoch must be a whole number from 0 to 4294967295",
                   "s.toml:3:1: unknown setting 'servers'"}));
  EXPECT_EQ(read("[[server]]\naddress = \"A\"\n").size(), 1U);
  EXPECT_EQ(read("[[server]]\nport = 7060\n").size(), 1U);
  EXPECT_EQ(read("[[server]]\naddress = \"a\"\nbias = 1\n"),
            lines{"s.toml:3:1: unknown setting 'bias'"});
  EXPECT_EQ(read("server = [1]\n").size(), 1U);
  EXPECT_EQ(read("server = \n").size(), 1U);
  EXPECT_EQ(read("a = " + std::string(100, '[') + "\n"),
            lines{"s.toml:1:69: too many brackets in one line"});
  EXPECT_EQ(read(std::string((1 << 20) + 1, '#')), lines{"s.toml:1:1: larger than 1048576 bytes"});
}

}  // namespace
}  // namespace repute::tool
