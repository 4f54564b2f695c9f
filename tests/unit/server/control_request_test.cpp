// SPDX-License-Identifier: Apache-2.0
#include "control/control_request.hpp"

#include <gtest/gtest.h>

namespace repute::control {
namespace {

TEST(control_request_test, commands) {
  EXPECT_EQ(parse_control_request(R"({"cmd":"status"})").command, command::status);
  EXPECT_EQ(parse_control_request(R"( {"x":1, "cmd" : "stats"} )").command, command::stats);
  EXPECT_EQ(parse_control_request("{\"cmd\":\"adopt\"}\r").command, command::adopt);
}

TEST(control_request_test, everything_else_is_an_error_with_a_reason) {
  for (const char* line : {"", "{", "[]", "7", "{}", R"({"cmd":1})", R"({"cmd":"stop"})",
                           R"({"cmd":"status"}{"cmd":"status"})", "\xff\xfe"}) {
    const control_request got = parse_control_request(line);
    EXPECT_FALSE(got.command) << line;
    EXPECT_FALSE(got.error.empty()) << line;
  }
  EXPECT_FALSE(parse_control_request(std::string(60'000, '[')).command);
}

TEST(control_request_test, quoting) {
  EXPECT_EQ(json_quoted("a\"b\\c\n\x01"), "\"a\\\"b\\\\c\\u000a\\u0001\"");
  EXPECT_EQ(json_error("no"), R"({"error":"no"})");
}

}  // namespace
}  // namespace repute::control
