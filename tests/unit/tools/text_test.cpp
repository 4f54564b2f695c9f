// SPDX-License-Identifier: Apache-2.0
#include "text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdint>

namespace repute::tool {
namespace {

TEST(JsonString, EscapesWhatJsonMust) {
  EXPECT_EQ(json_string("plain"), R"("plain")");
  EXPECT_EQ(json_string("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(json_string(std::string_view("\0\n\x1f", 3)), R"("\u0000\u000a\u001f")");
  EXPECT_EQ(json_string("\xd0\x9f\xf0\x9f\x98\x80"), "\"\xd0\x9f\xf0\x9f\x98\x80\"");
}

TEST(JsonString, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(json_string("\xff"), R"("\ufffd")");
  EXPECT_EQ(json_string("\xc0\xaf"), R"("\ufffd\ufffd")");            // overlong
  EXPECT_EQ(json_string("\xed\xa0\x80"), R"("\ufffd\ufffd\ufffd")");  // a surrogate
  EXPECT_EQ(json_string("\xe2\x82"), R"("\ufffd\ufffd")");            // cut short
  EXPECT_EQ(json_string("\xf4\x90\x80\x80x"), R"("\ufffd\ufffd\ufffd\ufffdx")");
}

TEST(Printable, NamesControlCharacters) {
  EXPECT_EQ(printable("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");  // CSI in one code point
  EXPECT_EQ(printable("\xff"), "\\xff");
  EXPECT_EQ(printable("\xd0\x9f"), "\xd0\x9f");
}

RC_GTEST_PROP(Printable, NoControlByteSurvives, (const std::string& text)) {
  for (const char c : printable(text) + json_string(text)) {
    RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  }
}

TEST(TimeText, IsADateWhileYearsHaveFourDigits) {
  EXPECT_EQ(time_text(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(time_text(253402300799), "9999-12-31T23:59:59Z");
  EXPECT_EQ(time_text(253402300800), "253402300800");
  EXPECT_EQ(time_text(UINT64_MAX), "18446744073709551615");
}

TEST(WithoutUserinfo, LeavesOutRatherTooMuch) {
  EXPECT_EQ(without_userinfo("http://u:p@host/x"), "http://host/x");
  EXPECT_EQ(without_userinfo("http://u:p@x@host"), "http://host");
  EXPECT_EQ(without_userinfo("u:p@host"), "host");
  EXPECT_EQ(without_userinfo("someone@example.com"), "someone@example.com");
  EXPECT_EQ(without_userinfo("http://host/"), "http://host/");
}

TEST(SplitList, TakesCommasAndBlanks) {
  EXPECT_EQ(split_list(" a, b\tc,,d "), (std::vector<std::string>{"a", "b", "c", "d"}));
  EXPECT_TRUE(split_list(" ,").empty());
}

TEST(Padded, CountsCharactersNotBytes) {
  EXPECT_EQ(padded("\xd0\x9f", 3), "\xd0\x9f  ");
  EXPECT_EQ(padded("long", 2), "long");
}

}  // namespace
}  // namespace repute::tool
