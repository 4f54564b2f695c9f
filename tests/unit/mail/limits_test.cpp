// SPDX-License-Identifier: Apache-2.0
// Each bound of the work: what is before it stays, and it is reported.
#include <gtest/gtest.h>

#include "extracted.hpp"

namespace repute::mail {
namespace {

const std::string two_parts =
    "From: a@b.example\nX-A: 1\nX-B: 2\nContent-Type: multipart/mixed; boundary=b\n\n"
    "--b\nContent-Type: text/html\n\n<a href=http://a.example/>some words to see</a>"
    "<a href=http://b.example/><a href=http://c.example/>\n"
    "--b\nContent-Type: message/rfc822\n\n\nhttp://d.example/\n--b--\n";

TEST(limits, none_is_met_by_ordinary_mail) {
  const auto found = test::extracted(two_parts);
  EXPECT_TRUE(found.limits.empty());
  EXPECT_EQ(test::in_role(found, role::link).size(), 4U);
}

TEST(limits, each_is_reported) {
  const auto met = [](auto change) {
    extract_options options;
    change(options.limits);
    return test::extracted(two_parts, {}, options);
  };
  const auto cut = met([](extract_limits& limits) { limits.message_bytes = 200; });
  EXPECT_EQ(cut.limits, std::vector{limit::message_bytes});
  EXPECT_FALSE(test::in_role(cut, role::from).empty());
  const auto parts = met([](extract_limits& limits) { limits.parts = 2; });
  EXPECT_EQ(parts.limits, std::vector{limit::parts});
  EXPECT_EQ(test::in_role(parts, role::link).size(), 3U);
  const auto depth = met([](extract_limits& limits) { limits.depth = 2; });
  EXPECT_EQ(depth.limits, std::vector{limit::depth});
  EXPECT_EQ(test::in_role(depth, role::link).size(), 3U);
  const auto fields = met([](extract_limits& limits) { limits.header_fields = 4; });
  EXPECT_EQ(fields.limits, std::vector{limit::header_fields});
  EXPECT_FALSE(test::in_role(fields, role::from).empty());
  const auto text = met([](extract_limits& limits) { limits.text_bytes = 10; });
  EXPECT_EQ(text.limits, std::vector{limit::text_bytes});
  EXPECT_EQ(test::in_role(text, role::link).size(), 4U);
  const auto links = met([](extract_limits& limits) { limits.links = 2; });
  EXPECT_EQ(links.limits, std::vector{limit::links});
  EXPECT_EQ(test::in_role(links, role::link), (test::lines{"a.example/", "d.example/"}));
}

TEST(limits, without_time_the_header_is_all) {
  extract_options options;
  options.limits.time_ms = 0;
  const auto found = extractor(test::canon(), options)(two_parts, {});
  EXPECT_EQ(found.limits, std::vector{limit::time});
  EXPECT_EQ(test::in_role(found, role::from).size(), 3U);
  EXPECT_TRUE(test::in_role(found, role::link).empty());
}

}  // namespace
}  // namespace repute::mail
