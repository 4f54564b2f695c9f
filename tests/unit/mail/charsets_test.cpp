// SPDX-License-Identifier: Apache-2.0
#include "charsets.hpp"

#include <gtest/gtest.h>

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
}

TEST(charsets, only_listed_labels_have_a_name) {
  EXPECT_STREQ(known_charset("UTF8"), "UTF-8");
  EXPECT_STREQ(known_charset("Latin1"), "WINDOWS-1252");
  EXPECT_STREQ(known_charset("cp949"), "CP949");
  for (const std::string& stranger :
       {std::string(), std::string(" "), std::string("utf-8 "), std::string("utf-8 utf8"),
        std::string("utf-8//translit"), std::string("iso-8859-17"), std::string("../../x"),
        std::string(100000, 'a')}) {
    EXPECT_EQ(known_charset(stranger), nullptr) << stranger.substr(0, 40);
  }
}

// What the C library cannot read would be read as windows-1252, and nobody would see it.
TEST(charsets, every_listed_one_is_there) {
  for (const char* label :
       {"iso-8859-2",   "iso-8859-3",    "iso-8859-4",     "iso-8859-5",   "iso-8859-6",
        "iso-8859-7",   "iso-8859-8",    "iso-8859-9",     "iso-8859-10",  "iso-8859-11",
        "iso-8859-13",  "iso-8859-14",   "iso-8859-15",    "iso-8859-16",  "windows-1250",
        "windows-1251", "windows-1253",  "windows-1254",   "windows-1255", "windows-1256",
        "windows-1257", "windows-1258",  "koi8-r",         "koi8-u",       "cp866",
        "cp437",        "cp850",         "cp852",          "cp855",        "cp857",
        "cp862",        "macintosh",     "x-mac-cyrillic", "tcvn",         "armscii-8",
        "gbk",          "big5",          "euc-tw",         "shift_jis",    "euc-jp",
        "iso-2022-jp",  "iso-2022-jp-2", "ks_c_5601-1987", "iso-2022-kr",  "iso-2022-cn",
        "utf-7"}) {
    EXPECT_EQ(utf8_of(label, "a"), "a") << label;
    std::string all;  // as windows-1252 it would be the same from every one
    for (int byte = 0x80; byte < 0x100; ++byte) {
      all += static_cast<char>(byte);
    }
    EXPECT_NE(utf8_of(label, all), utf8_of("", all)) << label;
  }
}

}  // namespace
}  // namespace repute::mail::detail
