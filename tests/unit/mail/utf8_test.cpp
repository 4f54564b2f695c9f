// SPDX-License-Identifier: Apache-2.0
#include "utf8.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "repute/canon/canon.hpp"

namespace repute::mail::detail {
namespace {

std::string mended(std::string_view text) {
  std::string storage;
  return std::string(mended_utf8(text, storage));
}

TEST(utf8, good_text_stays_where_it_is) {
  const std::string text = "a\u00fc\u20ac\U0001f600 and more than eight bytes";
  std::string storage;
  EXPECT_EQ(mended_utf8(text, storage).data(), text.data());
}

TEST(utf8, wrong_bytes_are_windows_1252) {
  EXPECT_EQ(mended("\xe9t\xe9"), "\u00e9t\u00e9");
  EXPECT_EQ(mended("\u00fc\x80"), "\u00fc\u20ac");
  EXPECT_EQ(mended("\xc0\x80"), "\u00c0\u20ac");            // overlong
  EXPECT_EQ(mended("\xed\xa0\x80"), "\u00ed\u00a0\u20ac");  // surrogate
  EXPECT_EQ(mended("\xf4\x90\x80\x80"), "\u00f4\u0090\u20ac\u20ac");
  EXPECT_EQ(mended("12345678\xe2\x82"), "12345678\u00e2\u201a");
}

TEST(utf8, zero_bytes_vanish) {
  EXPECT_EQ(mended(std::string_view("a\0b\0", 4)), "ab");
  EXPECT_EQ(mended(std::string_view("123456789\0\xff", 11)), "123456789\u00ff");
}

RC_GTEST_PROP(utf8, whatever_is_mended_is_well_formed, (const std::string& text)) {
  const std::string once = mended("three more words " + text);
  RC_ASSERT(mended(once) == once);
  RC_ASSERT(canon::normalise_text(once).index() == 0U);
}

TEST(utf8, characters) {
  std::string out;
  for (const std::uint32_t c : {0x41U, 0xe9U, 0x20acU, 0x1f600U, 0xd800U, 0x110000U}) {
    append_utf8(c, out);
  }
  EXPECT_EQ(out, "A\u00e9\u20ac\U0001f600\ufffd\ufffd");
}

TEST(utf8, cuts_between_characters) {
  EXPECT_EQ(cut_utf8("a\u20ac", 4), "a\u20ac");
  EXPECT_EQ(cut_utf8("a\u20ac", 3), "a");
  EXPECT_EQ(cut_utf8("a\u20ac", 1), "a");
  EXPECT_EQ(cut_utf8("\u20ac", 0), "");
}

TEST(utf8, invisible_characters) {
  std::string storage;
  EXPECT_EQ(without_invisible("a\u200bb\u00adc\ufeffd\u2060e\u202ef", storage), "abcdef");
  const std::string plain = "a\u2014b\u00e9";
  EXPECT_EQ(without_invisible(plain, storage).data(), plain.data());
  EXPECT_EQ(without_invisible("\u200b", storage), "");
}

}  // namespace
}  // namespace repute::mail::detail
