// SPDX-License-Identifier: Apache-2.0
#include "charsets.hpp"

#include <gtest/gtest.h>
#include <iconv.h>

#include <fstream>
#include <iterator>
#include <string>

namespace repute::mail::detail {
namespace {

std::string utf8_of(std::string_view charset, std::string_view text) {
  std::string storage;
  return std::string(to_utf8(charset, text, storage));
}

TEST(charsets, are_read) {
  EXPECT_EQ(utf8_of("utf-8", "\u00fc"), "\u00fc");
  EXPECT_EQ(utf8_of("KOI8-R", "\xf0\xd2"), "\u041f\u0440");
  EXPECT_EQ(utf8_of("iso-2022-jp", "\x1b$B$\"\x1b(B"), "\u3042");
  EXPECT_EQ(utf8_of("windows-1251", "\xcf"), "\u041f");
  EXPECT_EQ(utf8_of("iso-8859-15", "\xa4"), "\u20ac");
}

TEST(charsets, the_larger_one_of_the_same_name_is_meant) {
  EXPECT_EQ(utf8_of("gb2312", "\x81\x40"), "\u4e02");     // only in GBK
  EXPECT_EQ(utf8_of("euc-kr", "\x81\x41"), "\uac02");     // only in code page 949
  EXPECT_EQ(utf8_of("shift_jis", "\x87\x40"), "\u2460");  // only in code page 932
  EXPECT_EQ(utf8_of("iso-8859-9", "\x80\xfd"), "\u20ac\u0131");
}

TEST(charsets, wrong_ones) {
  EXPECT_EQ(utf8_of("utf-8", "caf\xe9 \x93x\x94"), "caf\u00e9 \u201cx\u201d");
  EXPECT_EQ(utf8_of("us-ascii", "caf\u00e9"), "caf\u00e9");
  EXPECT_EQ(utf8_of("iso-8859-1", "\x80"), "\u20ac");
  EXPECT_EQ(utf8_of("nobody-knows", "caf\xe9"), "caf\u00e9");
  EXPECT_EQ(utf8_of("utf-16", "x"), "\ufffd");
  EXPECT_EQ(utf8_of("", "x"), "x");
  EXPECT_EQ(utf8_of("utf-16le", {"a\0\0\0b\0", 6}), "ab");
  EXPECT_EQ(utf8_of("gbk", "\xff\x81\x40"), "\ufffd\u4e02");
  EXPECT_EQ(utf8_of("iso-2022-jp", ""), "");
  EXPECT_EQ(utf8_of("ibm037", "\xc1\x81"), "Aa");
}

// RFC 1468, and what Outlook and others write under its name.
TEST(charsets, japanese_mail) {
  EXPECT_EQ(utf8_of("iso-2022-jp", "x \x1b$B%F%9\x1b(B y"), "x \u30c6\u30b9 y");
  EXPECT_EQ(utf8_of("iso-2022-jp", "\x1b$B-!7n-j\x1b(B."), "\u2460\u6708\u3231.");
  EXPECT_EQ(utf8_of("iso-2022-jp", "\x1b(I1C\x1b(B"), "\uff71\uff83");
  EXPECT_EQ(utf8_of("iso-2022-jp", "\x1b$B$\"\nx"), "\u3042\nx") << "a line begins in ASCII";
  EXPECT_EQ(utf8_of("iso-2022-jp", "\x1b$B$"), "$") << "half a character";
  EXPECT_EQ(utf8_of("iso-2022-jp", "\x1b"), "\x1b");
  EXPECT_EQ(utf8_of("euc-jp", "\xad\xa1\x8e\xb1"), "\u2460\uff71");
}

TEST(charsets, only_listed_labels_are_known) {
  for (const char* label : {"UTF8", "Latin1", "cp949", " gb2312 ", "ISO_8859-1:1987"}) {
    EXPECT_TRUE(is_known_charset(label)) << label;
  }
  for (const std::string& stranger :
       {std::string(), std::string(" "), std::string("utf-8 utf8"), std::string("utf-8//translit"),
        std::string("iso-8859-17"), std::string("../../x"), std::string(100000, 'a')}) {
    EXPECT_FALSE(is_known_charset(stranger)) << stranger.substr(0, 40);
  }
}

// What the C library cannot read would be read as windows-1252, and nobody would see it.
TEST(charsets, every_listed_one_is_there) {
  std::ifstream file(REPUTE_SOURCE_DIR "/filter/src/charsets.cpp");
  const std::string source(std::istreambuf_iterator<char>(file), {});
  const auto quoted_after = [&source](std::size_t& at) {
    const std::size_t begin = source.find('"', at) + 1;
    const std::size_t end = source.find('"', begin);
    at = end + 1;
    return source.substr(begin, end - begin);
  };
  std::size_t rows = 0;
  for (std::size_t at = source.find("\n    {\""); at != source.npos;
       at = source.find("\n    {\"", at)) {
    const std::string name = quoted_after(at);
    const std::string labels = quoted_after(at);
    EXPECT_TRUE(is_known_charset(labels.substr(0, labels.find(' ')))) << labels;
    const iconv_t handle = iconv_open("UTF-8", name.c_str());
    EXPECT_NE(handle, reinterpret_cast<iconv_t>(-1)) << name;
    iconv_close(handle);
    ++rows;
  }
  EXPECT_GT(rows, 50U);
}

}  // namespace
}  // namespace repute::mail::detail
