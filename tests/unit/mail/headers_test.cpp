// SPDX-License-Identifier: Apache-2.0
#include "repute/mail/headers.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "header.hpp"
#include "message_builder.hpp"
#include "repute/mail/authentication_results.hpp"

namespace repute::mail {
namespace {

using fields = std::vector<header_field>;

TEST(Headers, AMessageGetsItsStatusInItsOrder) {
  judged_message of;
  answer said = listed(verdict::phishing);
  said.category = 12;
  of.add(subject::url, role::link, "bank.example/login", said);
  said.category = 3;
  of.add(subject::ip, role::relay, "r", said);
  of.message.sender = "thief@bank.example";
  EXPECT_EQ(make_headers(of.judge(), of.message, {}),
            (fields{{"X-Spamtest-Status-Extended", "spam"},
                    {"X-Spamtest-Rate", "100"},
                    {"X-Spamtest-Method", "UDS"},
                    {"X-Spamtest-Info", "phishing: url bank.example/login (link)"},
                    {"X-Spamtest-Info", "phishing: ip r (relay)"},
                    {"X-Spamtest-Version", "Repute/0.1.0"},
                    {"X-Spamtest-Envelope-From", "thief@bank.example"},
                    {"X-Spamtest-Group-ID", "00000000"},
                    {"X-Spamtest-Categories", "3, 12"}}));
}

TEST(Headers, WhatWasNotProcessedSaysSo) {
  judged_message of;
  of.failure = "timeout";
  const fields seen = make_headers(of.judge(), of.message, {});
  EXPECT_EQ(seen.at(0).value, "not_detected");
  EXPECT_EQ(seen.at(3), (header_field{"X-Spamtest-Info", "Not processed (timeout)"}));
  EXPECT_EQ(seen.at(5), (header_field{"X-Spamtest-Envelope-From", "<>"}));
}

TEST(Headers, OthersGetTheirWordsToo) {
  policy by;
  by.headers = {true, true, "mx.example"};
  judged_message of;
  of.add(subject::ip, role::client, some_address, listed(verdict::trusted));
  fields seen = make_headers(of.judge(), of.message, by);
  EXPECT_EQ(seen.at(0),
            (header_field{"Authentication-Results",
                          "mx.example; dnswl=pass dns.zone=repute.local\n policy.ip=127.0.0.10 "
                          "policy.txt=\"trusted\""}));
  EXPECT_EQ(seen.at(2), (header_field{"X-Spamtest-Status", "Trusted"}));
  EXPECT_EQ(seen.at(seen.size() - 2), (header_field{"X-Spam-Status", "No, score=0 required=80"}));
  EXPECT_EQ(seen.back(), (header_field{"X-Spam-Score", "0"}));

  judged_message bad;
  bad.add(subject::domain, role::link, "x.example", listed(verdict::spam));
  seen = make_headers(bad.judge(), bad.message, by);
  EXPECT_EQ(seen.at(0).name, "X-Spamtest-Status-Extended") << "no list of good senders has it";
  EXPECT_EQ(seen.at(1), (header_field{"X-Spamtest-Status", "SPAM"}));
  EXPECT_EQ(seen.at(seen.size() - 3), (header_field{"X-Spam-Flag", "YES"}));
}

TEST(Headers, WhatOnlyWeMayWriteIsKnownInAnyCase) {
  const auto reserved = [](std::string_view name, const header_options& options,
                           std::string_view value = "") {
    return is_reserved_header(name, value, options);
  };
  for (const char* name : {"X-Spamtest-Status-Extended", "X-SpamTest-Status", "x-spamtest-anything",
                           "X-SPAMTEST-RATE"}) {
    EXPECT_TRUE(reserved(name, {})) << name;
  }
  for (const char* name : {"X-Spamtest", "Subject", "", "X-Spam-Flag", "Authentication-Results"}) {
    EXPECT_FALSE(reserved(name, {}, "mx.example; none")) << name;
  }
  const header_options all{false, true, "mx.example"};
  EXPECT_TRUE(reserved("x-spam-flag", all));
  EXPECT_TRUE(reserved("X-Spam-Status", all));
  EXPECT_TRUE(reserved("X-SPAM-SCORE", all));
  EXPECT_FALSE(reserved("X-Spam-Level", all));
  EXPECT_TRUE(reserved("authentication-results", all, " MX.Example (ours) 1; dnswl=pass"));
  EXPECT_FALSE(reserved("Authentication-Results", all, "other.example; dkim=pass"));
}

TEST(Headers, NoTextEndsItsField) {
  EXPECT_EQ(header_value("a\r\nX-Spamtest-Rate: 0\n\n<b>"),
            "a?"
            "?X-Spamtest-Rate: 0?"
            "?<b>");
  EXPECT_EQ(header_value("  \t caf\xc3\xa9  x "), "? caf?? x");
  EXPECT_EQ(header_value(""), "");
  EXPECT_EQ(header_value(std::string(5000, 'x')).size(), 900u);
  const std::string folded = header_value("one " + std::string(80, 'x') + " two", 20);
  EXPECT_EQ(folded, "one\n " + std::string(80, 'x') + "\n two");
}

const fields two_fields{{"X-Spamtest-Status-Extended", "spam"}, {"X-Spamtest-Info", "a\n b"}};

TEST(Headers, AMarkedMessageHasOurFieldsAlone) {
  const auto mark = [](std::string_view message) { return mark_message(message, two_fields, {}); };
  const std::string ours = "X-Spamtest-Status-Extended: spam\nX-Spamtest-Info: a\n b\n";
  EXPECT_EQ(mark("Subject: x\nX-SPAMTEST-Rate : 0\n\tfolded\nTo: a\n\nX-Spamtest-Rate: text\n"),
            ours + "Subject: x\nTo: a\n\nX-Spamtest-Rate: text\n");
  EXPECT_EQ(mark("From a@b.example Mon\n folded\nX-Spamtest-Status: x\nTo: a\n\n\nb"),
            "From a@b.example Mon\n folded\n" + ours + "To: a\n\n\nb");
  EXPECT_EQ(mark("Subject: x\r\nX-Spamtest-Info: no\r\n\r\nb\r\n"),
            "X-Spamtest-Status-Extended: spam\r\nX-Spamtest-Info: a\r\n b\r\nSubject: x\r\n"
            "\r\nb\r\n");
  EXPECT_EQ(mark(""), ours);
  EXPECT_EQ(mark("\nb"), ours + "\nb");
  EXPECT_EQ(mark("no header"), ours + "\nno header");
  EXPECT_EQ(mark("From "), "From \n" + ours);
  EXPECT_EQ(mark("From : a\n\nb"), ours + "From : a\n\nb");
  // Some readers end the header at such a line.
  EXPECT_EQ(mark(">From x\nTo: a\n\nb"), ours + ">From x\nTo: a\n\nb");
  EXPECT_EQ(mark("Subject: x\rX-Spamtest-Rate: 0\r\n\r\nb\rc"),
            "X-Spamtest-Status-Extended: spam\r\nX-Spamtest-Info: a\r\n b\r\n"
            "Subject: x X-Spamtest-Rate: 0\r\n\r\nb\rc");
  EXPECT_EQ(mark("Subject: x"), ours + "Subject: x");
}

TEST(Headers, AMarkedMessageLosesOthersWordsWhereTheyAreOurs) {
  const std::string message = "X-Spam-Flag: YES\nAuthentication-Results: mx.example; dkim=pass\n\n";
  EXPECT_EQ(mark_message(message, {}, {}), message);
  EXPECT_EQ(mark_message(message, {}, {false, true, "mx.example"}), "\n");
}

RC_GTEST_PROP(HeaderProperties, AMarkedMessageHasOurFieldsOnceAndItsText, ()) {
  const auto parts = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "\n", "\r\n", "From ", ">From ", "X-Spamtest-", "Info", ":", " ", "\t", "a", "\r"));
  std::string message;
  for (const std::string& each : parts) {
    message += each;
  }
  const std::string marked = mark_message(message, two_fields, {});
  RC_ASSERT(mark_message(marked, two_fields, {}) == marked);
  std::string_view text = message;
  while (detail::take_piece(text)) {
  }
  RC_ASSERT(std::string_view(marked).ends_with(text));
  std::string_view rest = marked;
  std::size_t ours = 0;
  while (const auto piece = detail::take_piece(rest)) {
    ours += is_reserved_header(piece->name, "", {}) ? 1 : 0;
    // Whoever takes CR for the end of a line sees no other fields.
    const std::string_view whole =
        piece->whole.substr(0, piece->whole.find_last_not_of("\r\n") + 1);
    for (std::size_t at = 0; (at = whole.find('\r', at)) != whole.npos; ++at) {
      RC_ASSERT(whole[at + 1] == '\n');
    }
  }
  RC_ASSERT(ours == two_fields.size());
}

RC_GTEST_PROP(HeaderProperties, AValueIsPrintableShortAndFoldedRight, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::element<char>(
      'a', 'b', ' ', ' ', '\n', '\r', '\t', '\0', '\x7f', '\x80', ':', '\xff'));
  std::string repeated;
  for (int i = *rc::gen::inRange(1, 40); i > 0; --i) {
    repeated += text;
  }
  const std::string value = header_value(repeated, 25);
  RC_ASSERT(value.size() <= 1024u);
  for (std::size_t i = 0; i < value.size(); ++i) {
    RC_ASSERT((value[i] >= 0x20 && value[i] < 0x7f) || value[i] == '\n');
    if (value[i] == '\n') {
      // A line of blanks alone would end the header for some readers.
      RC_ASSERT(i + 2 < value.size() && value[i + 1] == ' ' && value[i + 2] != ' ');
    }
  }
}

using domains = std::vector<std::string>;

TEST(AuthenticationResults, ProvedDomainsAreThoseOfEachMethod) {
  EXPECT_EQ(
      proved_domains("mx.example; spf=pass smtp.mailfrom=User@A.Example;\r\n"
                     " dkim=pass (2048-bit key; \"x\") header.d=b.example header.i=@b.example"
                     " header.b=\"AbC=\"; dmarc=pass (p=none dis=none) header.from=c.example"),
      (domains{"a.example", "b.example", "c.example"}));
  EXPECT_EQ(authserv_id_of("  MX.example 1; none"), "mx.example");
  EXPECT_EQ(authserv_id_of("\"mx.example\"; none"), "mx.example");
  EXPECT_EQ(
      proved_domains("mx.example 1; spf/1 = pass reason = \"a;b=c\" smtp.mailfrom = d.example"),
      domains{"d.example"});
}

TEST(AuthenticationResults, WhatDidNotPassProvesNothing) {
  for (const char* text :
       {"mx.example; none", "mx.example; spf=fail smtp.mailfrom=a.example",
        "mx.example; dkim=none header.d=a.example", "mx.example; iprev=pass policy.iprev=192.0.2.1",
        "mx.example; spf=pass smtp.helo=a.example", "mx.example; auth=pass smtp.auth=a.example",
        "mx.example; spf=fail (spf=pass smtp.mailfrom=a.example)", "", ";",
        "=;=", "mx.example; spf=pass reason=\"smtp.mailfrom=a.example", "mx.example (; dkim=pass",
        "mx.example; spf=pass smtp.mailfrom=; x=y", "mx.example; spf=pass smtp.mailfrom=<"}) {
    const domains proved = proved_domains(text);
    EXPECT_TRUE(proved.empty() || proved == domains{"<"}) << text;
  }
  // The quoted reason cannot hold the property of the next result.
  EXPECT_EQ(proved_domains("m; spf=fail smtp.mailfrom=a.example; dkim=pass header.d=b.example"),
            domains{"b.example"});
  std::string many = "m";
  for (int i = 0; i < 100; ++i) {
    many += "; dkim=pass header.d=a.example";
  }
  EXPECT_EQ(proved_domains(many).size(), proved_domains_max);
}

}  // namespace
}  // namespace repute::mail
