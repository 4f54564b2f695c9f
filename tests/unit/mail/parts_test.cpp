// SPDX-License-Identifier: Apache-2.0
#include "parts.hpp"

#include <gtest/gtest.h>

namespace repute::mail::detail {
namespace {

using texts = std::vector<std::string>;

/// `media content` of each part, and the limits that were met.
texts parts_of(std::string_view message, const extract_limits& limits = {}) {
  texts out;
  budget within(limits, message.size());
  const header head = header::read(message, within);
  for_each_part(head, message, within, [&out](const part& found) {
    out.push_back(found.type.media + " " + std::string(found.content));
  });
  for (const limit met : within.take_met()) {
    out.push_back("limit " + std::string(word(met)));
  }
  return out;
}

TEST(parts, of_a_plain_message) {
  EXPECT_EQ(parts_of("Subject: x\n\nbody\n"), texts{"text/plain body\n"});
  EXPECT_EQ(parts_of("Content-Type: nonsense\n\nbody"), texts{"text/plain body"});
}

TEST(parts, of_a_multipart) {
  EXPECT_EQ(parts_of("Content-Type: multipart/mixed; boundary=b\n\npreamble\n--b\n\none\n--b  \n"
                     "Content-Type: text/html\n\ntwo\n--b--\nepilogue\n--b\n\nnot seen"),
            (texts{"text/plain one", "text/html two"}));
}

TEST(parts, line_ends_before_a_delimiter_belong_to_it) {
  EXPECT_EQ(parts_of("Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\n\r\none\r\n\r\n"
                     "--b\r\n\r\n--b--\r\n"),
            (texts{"text/plain one\r\n", "text/plain "}));
}

TEST(parts, a_line_that_only_begins_like_a_delimiter_is_none) {
  EXPECT_EQ(
      parts_of("Content-Type: multipart/mixed; boundary=b\n\n--b\n\n--bb\n --b\nx--b\n--b-\n"),
      texts{"text/plain --bb\n --b\nx--b\n--b-\n"});
}

TEST(parts, an_outer_delimiter_ends_inner_parts) {
  EXPECT_EQ(parts_of("Content-Type: multipart/mixed; boundary=a\n\n--a\n"
                     "Content-Type: multipart/mixed; boundary=ab\n\n--ab\n\none\n--a\n\ntwo"),
            (texts{"text/plain one", "text/plain two"}));
}

TEST(parts, a_multipart_without_its_boundary_is_text) {
  EXPECT_EQ(parts_of("Content-Type: multipart/mixed; boundary=a\n\n--b\n\none"),
            texts{"multipart/mixed --b\n\none"});
  EXPECT_EQ(parts_of("Content-Type: multipart/mixed\n\n--\n\none"),
            texts{"multipart/mixed --\n\none"});
}

// What mail programs agree on, and what they do not.
TEST(parts, odd_boundaries) {
  const auto parts_by = [](const std::string& field, const std::string& boundary) {
    return parts_of("Content-Type: multipart/mixed" + field + "\n\n--" + boundary + "\n\na\n--" +
                    boundary + "--\n");
  };
  const std::vector<std::pair<std::string, std::string>> odd{
      {"; boundary=\"=?a?Q?x?=\"", "=?a?Q?x?="},
      {"; boundary=\"a\xe9\"", "a\xe9"},
      {"; boundary=abc charset=x", "abc"},
      {"; boundary=abc (c)", "abc"},
      {"; (; boundary=b", "b"},
      {"; boundary=(a)b", "(a)b"},
      {" boundary=decoy; boundary=real", "real"},
      {"; boundary=decoy; boundary*=us-ascii''re%61l", "real"},
      {"; boundary*0=re; boundary*1=al; boundary=decoy", "real"}};
  for (const auto& [field, boundary] : odd) {
    EXPECT_EQ(parts_by(field, boundary), texts{"text/plain a"}) << field;
  }
}

TEST(parts, a_boundary_that_is_not_there_is_taken_from_the_body) {
  EXPECT_EQ(parts_of("Content-Type: multipart/mixed; boundary=other\n\n-- \nx\n"
                     "--seen \r\nContent-Type: text/html\n\na\n--seen\n\nb\n--seen--\n"),
            (texts{"text/html a", "text/plain b"}));
  EXPECT_EQ(parts_of("Content-Type: multipart/mixed\n\n--seen\nContent-Type: text/html\n\na"),
            texts{"text/html a"});
}

TEST(parts, messages_within_messages) {
  EXPECT_EQ(parts_of("Content-Type: message/rfc822\n\nSubject: x\n\ninner"),
            (texts{"message/rfc822 Subject: x\n\ninner", "text/plain inner"}));
  EXPECT_EQ(parts_of("Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\ninner"),
            (texts{"message/rfc822 Subject: x\n\ninner", "text/plain inner"}));
  EXPECT_EQ(parts_of("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
                     "U3ViamVjdDogeAoKaW5uZXI="),
            (texts{"message/rfc822 Subject: x\n\ninner", "text/plain inner"}));
}

TEST(parts, transfer_encodings) {
  EXPECT_EQ(parts_of("Content-Transfer-Encoding: QUOTED-PRINTABLE\n\na=3D=\nb=20\n"),
            texts{"text/plain a=b \n"});
  EXPECT_EQ(parts_of("Content-Transfer-Encoding: base64\n\nYWJj\n"), texts{"text/plain abc"});
  EXPECT_EQ(parts_of("Content-Transfer-Encoding: unknown\n\na=3D"), texts{"text/plain a=3D"});
  for (const char* field : {"base64;", "base64 (x)", "base64, 8bit", "(x) BASE64 ; a=b"}) {
    EXPECT_EQ(parts_of("Content-Transfer-Encoding: " + std::string(field) + "\n\nYWJj\n"),
              texts{"text/plain abc"})
        << field;
  }
}

std::string nested(int levels) {
  std::string out;
  for (int i = 0; i < levels; ++i) {
    const std::string name = "b" + std::to_string(i);
    out += "Content-Type: multipart/mixed; boundary=" + name + "\n\n--" + name + "\n";
  }
  return out + "\ninner";
}

TEST(parts, depth_is_bounded) {
  extract_limits limits;
  limits.depth = 4;
  EXPECT_EQ(parts_of(nested(3), limits), texts{"text/plain inner"});
  EXPECT_EQ(parts_of(nested(4), limits), texts{"limit depth"});
  EXPECT_EQ(parts_of("Content-Type: multipart/mixed; boundary=b\n\n--b\n" + nested(9) +
                         "\n--b\n\nafter it",
                     limits),
            (texts{"text/plain after it", "limit depth"}));
}

TEST(parts, their_number_is_bounded) {
  extract_limits limits;
  limits.parts = 3;
  EXPECT_EQ(
      parts_of("Content-Type: multipart/mixed; boundary=b\n\n--b\n\n1\n--b\n\n2\n--b\n\n3", limits),
      (texts{"text/plain 1", "text/plain 2", "limit parts"}));
}

TEST(parts, no_time_no_parts) {
  extract_limits limits;
  limits.time_ms = 0;
  EXPECT_EQ(parts_of("Subject: x\n\nbody", limits), texts{"limit time"});
}

TEST(parts, names_and_dispositions) {
  const extract_limits limits;
  const auto only_part = [&limits](std::string_view text) {
    budget within(limits, text.size());
    const header head = header::read(text, within);
    part out;
    for_each_part(head, text, within, [&out](const part& found) { out = found; });
    out.content = {};
    return out;
  };
  EXPECT_EQ(only_part("Content-Type: a/b; name=x.txt\n\n").name, "x.txt");
  const part attached =
      only_part("Content-Type: a/b; name=x\nContent-Disposition: attachment; filename=y\n\n");
  EXPECT_EQ(attached.name, "y");
  EXPECT_TRUE(attached.attached);
  EXPECT_EQ(only_part("Content-Disposition: attachment; filename*=utf-8''%C3%BC.txt\n\n").name,
            "\u00fc.txt");
  EXPECT_EQ(only_part("Content-Disposition: inline; filename=\"=?utf-8?Q?=C3=BC?=\"\n\n").name,
            "\u00fc");
  EXPECT_EQ(only_part("Content-Disposition: attachment; filename*0=a;\n filename*1=b\n\n").name,
            "ab");
}

}  // namespace
}  // namespace repute::mail::detail
