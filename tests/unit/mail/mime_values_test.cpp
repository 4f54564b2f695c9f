// SPDX-License-Identifier: Apache-2.0
#include "mime_values.hpp"

#include <gtest/gtest.h>

namespace repute::mail::detail {
namespace {

std::string utf8_of(const std::string& charset, std::string_view text) {
  std::string storage;
  return std::string(to_utf8(charset, text, storage));
}

TEST(mime_values, charsets) {
  EXPECT_EQ(utf8_of("utf-8", "\u00fc"), "\u00fc");
  EXPECT_EQ(utf8_of("koi8-r", "\xf0\xd2"), "\u041f\u0440");
  EXPECT_EQ(utf8_of("iso-2022-jp", "\x1b$B$\"\x1b(B"), "\u3042");
  EXPECT_EQ(utf8_of("windows-1251", "\xcf"), "\u041f");
}

TEST(mime_values, wrong_charsets) {
  EXPECT_EQ(utf8_of("utf-8", "caf\xe9 \x93x\x94"), "caf\u00e9 \u201cx\u201d");
  EXPECT_EQ(utf8_of("us-ascii", "caf\u00e9"), "caf\u00e9");
  EXPECT_EQ(utf8_of("iso-8859-1", "\x80"), "\u20ac");
  EXPECT_EQ(utf8_of("nobody-knows", "caf\xe9"), "caf\u00e9");
  EXPECT_EQ(utf8_of("utf-16", "x"), "\ufffd");
}

TEST(mime_values, encoded_words) {
  require_gmime();
  EXPECT_EQ(decode_words("=?utf-8?B?w7w=?= =?iso-8859-1?Q?=FC?= x"), "\u00fc\u00fc x");
  EXPECT_EQ(decode_words("caf\xe9"), "caf\u00e9");
  EXPECT_EQ(decode_words("=?utf-8?B?"), "=?utf-8?B?");
}

TEST(mime_values, content_types) {
  require_gmime();
  const content_type type =
      parse_content_type("Multipart/REPORT; Report-Type=\"Delivery-Status\"; boundary=\"a b\"");
  EXPECT_EQ(type.media, "multipart/report");
  EXPECT_EQ(type.report_type, "delivery-status");
  EXPECT_EQ(type.boundary, "a b");
  EXPECT_EQ(parse_content_type("").media, "text/plain");
  EXPECT_EQ(parse_content_type("text/html; charset=\"UTF-8\"").charset, "utf-8");
}

TEST(mime_values, damaged_base64_gives_what_can_be_read) {
  std::string storage;
  EXPECT_EQ(decode_transfer("base64", "YW\nJj!!ZGVm", storage), "abcdef");
  EXPECT_EQ(decode_transfer("base64", "", storage), "");
  EXPECT_EQ(decode_transfer("7bit", "YWJj", storage), "YWJj");
}

}  // namespace
}  // namespace repute::mail::detail
