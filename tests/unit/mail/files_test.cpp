// SPDX-License-Identifier: Apache-2.0
#include "files.hpp"

#include <gtest/gtest.h>

#include "extracted.hpp"

namespace repute::mail {
namespace {

using test::lines;

constexpr const char* invalid_sha256 =
    "attachment sha256 f1234d75178d892a133a410355a5a990cf75d2f33eba25d575943d4df632f3a4";
constexpr const char* invalid_md5 = "attachment md5 fedb2d84cafe20862cb4399751a8a7e3";

lines shown(const std::string& message) {
  return test::shown(test::extracted(message));
}

TEST(files, attachments) {
  EXPECT_EQ(shown("Content-Type: application/zip\nContent-Transfer-Encoding: base64\n"
                  "Content-Disposition: attachment; filename=\"C:\\\\x\\\\A.ZIP\"\n\naW52YWxpZA=="),
            (lines{"attachment_name name-md5 bebeee37288e699f78f2e4d27ac4ceed", invalid_sha256,
                   invalid_md5}));
  EXPECT_EQ(shown("Content-Type: application/octet-stream\n\ninvalid"),
            (lines{invalid_sha256, invalid_md5}));
  EXPECT_EQ(shown("Content-Type: application/octet-stream\n\n"), lines{});
}

TEST(files, pictures) {
  const std::string gif = "R0lGODlhAQ==";
  const auto shown_picture =
      shown("Content-Type: image/gif\nContent-Transfer-Encoding: base64\n\n" + gif);
  ASSERT_EQ(shown_picture.size(), 1U) << "to be seen, not to be opened";
  EXPECT_TRUE(shown_picture[0].starts_with("image image-md5 "));
  EXPECT_EQ(shown("Content-Type: image/gif\nContent-Disposition: attachment\n"
                  "Content-Transfer-Encoding: base64\n\n" +
                  gif)
                .size(),
            3U);
  EXPECT_EQ(shown("Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n"
                  "\n" +
                  gif),
            shown_picture)
      << "what it is, not what it says";
  const auto disguised = shown("Content-Type: image/gif\n\ninvalid");
  EXPECT_EQ(disguised, (lines{"image image-md5 fedb2d84cafe20862cb4399751a8a7e3", invalid_sha256,
                              invalid_md5}));
}

TEST(files, text_that_is_attached) {
  const auto found =
      test::extracted("Content-Disposition: attachment\n\nhttp://a.example/ some words in a file");
  EXPECT_EQ(found.texts.size(), 0U);
  EXPECT_EQ(test::in_role(found, role::attachment).size(), 2U);
  EXPECT_EQ(test::in_role(found, role::link), lines{"a.example/"});
}

TEST(files, sizes_are_told) {
  const auto found = test::extracted("Content-Type: application/octet-stream\n\ninvalid");
  EXPECT_EQ(found.facts.at(0).size, 7U);
}

TEST(files, a_message_within_has_a_digest_and_facts) {
  const auto found = test::extracted(
      "Content-Type: message/rfc822\n\nFrom: a@b.example\n\nhttp://a.example/ and some words");
  EXPECT_EQ(test::in_role(found, role::attachment).size(), 2U);
  EXPECT_EQ(test::in_role(found, role::link), lines{"a.example/"});
  EXPECT_EQ(test::in_role(found, role::from), lines{}) << "not who sent this message";
  EXPECT_EQ(found.texts.size(), 1U);
}

TEST(files, beginnings_of_pictures) {
  EXPECT_TRUE(detail::is_picture("\x89PNG\r\n\x1a\nx"));
  EXPECT_TRUE(detail::is_picture("\xff\xd8\xff\xe0"));
  EXPECT_TRUE(detail::is_picture("RIFF1234WEBP"));
  EXPECT_TRUE(detail::is_picture(std::string_view("II*\0", 4)));
  EXPECT_FALSE(detail::is_picture("RIFF1234WAVE"));
  EXPECT_FALSE(detail::is_picture("RIFF"));
  EXPECT_FALSE(detail::is_picture("MZ"));
  EXPECT_FALSE(detail::is_picture(""));
}

}  // namespace
}  // namespace repute::mail
