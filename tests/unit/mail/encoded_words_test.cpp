// SPDX-License-Identifier: Apache-2.0
#include "encoded_words.hpp"

#include <gtest/gtest.h>

namespace repute::mail::detail {
namespace {

TEST(encoded_words, are_decoded) {
  EXPECT_EQ(decode_words("=?utf-8?B?w7w=?= =?iso-8859-1?Q?=FC?= x"), "\u00fc\u00fc x");
  EXPECT_EQ(decode_words("=?UTF-8?q?a_b=5Fc?="), "a b_c");
  EXPECT_EQ(decode_words("=?KOI8-R*ru?Q?=F0?= =?gb2312?B?gUA=?="), "\u041f\u4e02");
  EXPECT_EQ(decode_words("(=?utf-8?Q?a?=)x=?utf-8?Q?b?=y"), "(a)xby");
  EXPECT_EQ(decode_words("x \u00fc"), "x \u00fc");
  EXPECT_EQ(decode_words(""), "");
}

TEST(encoded_words, neighbours_are_one_text) {
  EXPECT_EQ(decode_words("=?utf-8?Q?=E2?= =?UTF-8?B?gqw=?="), "\u20ac");
  EXPECT_EQ(decode_words("a =?utf-8?Q?b?= \t =?utf-8?Q?c?= d"), "a bc d");
  EXPECT_EQ(decode_words("=?gbk?B?gQ==?= =?gbk?B?QA==?="), "\u4e02");
  EXPECT_EQ(decode_words("=?utf-8?Q?a?= b =?utf-8?Q?c?="), "a b c");
}

TEST(encoded_words, damaged_ones_give_what_can_be_read) {
  EXPECT_EQ(decode_words("caf\xe9 =?nobody-knows?Q?caf=E9?="), "caf\u00e9 caf\u00e9");
  EXPECT_EQ(decode_words("=?utf-8?Q?caf=E9?="), "caf\u00e9");
  EXPECT_EQ(decode_words("=??Q?a b?= c"), "a b c");
  EXPECT_EQ(decode_words("=?utf-8?B?YW!Jj?="), "abc");
  EXPECT_EQ(decode_words("=?utf-8?Q?a=zz_b?="), "a=zz b");
}

TEST(encoded_words, what_is_none_stays) {
  for (const char* field : {"why=?really? yes", "=?utf-8?B?",
                            "=?utf-8?B?YQ==", "=?utf-8?X?a?=", "=?", "=?=?=?", "?="}) {
    EXPECT_EQ(decode_words(field), field);
  }
  EXPECT_EQ(decode_words("=?=?utf-8?Q?a?="), "=?a");
  EXPECT_EQ(decode_words("=?utf-8?Q?a =?utf-8?Q?b?="), "a =?utf-8?Q?b");
}

}  // namespace
}  // namespace repute::mail::detail
