// SPDX-License-Identifier: Apache-2.0
#include "repute/mail/extract.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "extracted.hpp"

namespace repute::mail {
namespace {

using test::extracted;
using test::lines;

TEST(extract, any_bytes_are_a_message) {
  EXPECT_EQ(test::shown(extracted("")), lines{});
  EXPECT_EQ(test::shown(extracted("\n")), lines{});
  EXPECT_EQ(test::shown(extracted("From ")), lines{});
  EXPECT_EQ(test::shown(extracted(std::string_view("\0\0\xff", 3))), lines{});
}

TEST(extract, the_line_of_a_mailbox_is_skipped) {
  const auto found = extracted("From x@y.example Thu Jan  1\nFrom: a@b.example\n\nx");
  EXPECT_EQ(test::in_role(found, role::from).size(), 3U);
}

TEST(extract, texts_as_they_are_seen) {
  const auto found = extracted(
      "Subject: =?utf-8?Q?caf=C3=A9?=\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\n"
      "Buy NOW for 100 $\n--b\nContent-Type: text/html; charset=iso-8859-1\n\n"
      "<title>x</title><p>Buy<p>Caf\xe9 <b>n</b>ow\n--b\n\ntwo words\n--b--\n");
  EXPECT_EQ(found.subject, "caf\u00e9");
  ASSERT_EQ(found.texts.size(), 2U) << "two words identify nothing";
  EXPECT_EQ(found.texts[0].tokens, "buy now for 0");
  EXPECT_FALSE(found.texts[0].html);
  EXPECT_EQ(found.texts[1].tokens, "buy caf\u00e9 now");
  EXPECT_TRUE(found.texts[1].html);
  EXPECT_EQ(test::in_role(found, role::body), (lines{"buy now for 0", "buy caf\u00e9 now"}));
}

TEST(extract, a_page_may_name_its_charset) {
  const auto found = extracted(
      "Content-Type: text/html\n\n<meta charset=\"koi8-r\"><p>\xf0\xd2\xc9\xd7\xc5\xd4 a b");
  ASSERT_EQ(found.texts.size(), 1U);
  EXPECT_EQ(found.texts[0].tokens, "\u043f\u0440\u0438\u0432\u0435\u0442 a b");
}

TEST(extract, the_text_of_a_fact_is_shown_in_short) {
  std::string text;
  for (int i = 0; i < 100; ++i) {
    text += "word ";
  }
  const auto found = extracted("\n" + text);
  ASSERT_EQ(found.facts.size(), 1U);
  EXPECT_EQ(found.facts[0].value.size(), 80U);
  EXPECT_EQ(found.facts[0].canonical.canonical.size(), 499U);
}

TEST(extract, what_the_caller_knows) {
  given_facts given;
  given.categories = {1};
  given.topics = {2};
  given.heuristics = {4294967295};
  given.av_records = {"Win32.Test 1", "two many words"};
  const auto found = extractor(test::canon(), {})("\n", {}, given);
  EXPECT_EQ(test::shown(found), (lines{"given category 1", "given topic 2",
                                       "given heuristic 4294967295", "given avrec Win32.Test 1"}));
}

TEST(extract, long_messages_are_cut) {
  extract_options options;
  options.limits.message_bytes = 40;
  const auto found =
      extracted("\nhttp://a.example/ some words more words http://b.example/", {}, options);
  EXPECT_EQ(test::in_role(found, role::link), lines{"a.example/"});
  EXPECT_EQ(found.limits, std::vector{limit::message_bytes});
}

/// Pieces of which mail is made, and of which trouble is.
std::string mail_of(const std::vector<std::string>& some) {
  std::string out;
  for (const std::string& piece : some) {
    out += piece;
  }
  return out;
}

rc::Gen<std::vector<std::string>> pieces() {
  return rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(
      std::vector<std::string>{"From: a@b.example\n",
                               "Received: from x ([192.0.2.1]) by y\n",
                               "Subject: =?utf-8?B?w7w=?=\n",
                               "Content-Type: text/html\n",
                               "Content-Type: multipart/mixed; boundary=b\n",
                               "Content-Type: message/rfc822\n",
                               "Content-Type: image/png; name=\"x.png\"\n",
                               "Content-Transfer-Encoding: base64\n",
                               "Content-Transfer-Encoding: quoted-printable\n",
                               "Content-Disposition: attachment; filename=y\n",
                               "\n",
                               "\n\n",
                               "--b\n",
                               "\n--b--\n",
                               "http://u:secret@a.example/?u=http%3A%2F%2Fc.example ",
                               "<a href=\"",
                               "'>",
                               "<!--",
                               "-->",
                               "<script>",
                               "</script>",
                               "<p style='display:none'>",
                               "&#104;",
                               "=3D",
                               "=\n",
                               "aHR0cDov",
                               "\xff\xfe",
                               std::string(1, '\0'),
                               "words and more words ",
                               "www.d.example "}));
}

RC_GTEST_PROP(extract, facts_are_canonical_and_no_password_shows, ()) {
  const auto found = extracted(mail_of(*pieces()));
  for (const fact& each : found.facts) {
    if (each.subject == subject::textsig || each.subject == subject::text) {
      continue;
    }
    const auto again = test::canon().canonical(each.subject, canon::show(each.canonical));
    RC_ASSERT(std::get<canonical_key>(again) == each.canonical);
    RC_ASSERT(each.value.find("secret") == std::string::npos);
  }
}

RC_GTEST_PROP(extract, a_link_is_found_whatever_stands_before_it_in_text, ()) {
  const auto junk = *rc::gen::container<std::string>(rc::gen::nonZero<char>());
  const auto found = extracted("Content-Type: text/plain; charset=utf-8\n\n" + junk +
                               "\nhttp://needle.example/path ");
  RC_ASSERT(test::holds(test::in_role(found, role::link), "needle.example/path"));
}

}  // namespace
}  // namespace repute::mail
