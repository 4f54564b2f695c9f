// SPDX-License-Identifier: Apache-2.0
#include "lookup_row.hpp"

#include <gtest/gtest.h>

namespace repute::tool {
namespace {

class LookupRow : public ::testing::Test {
 protected:
  asked_key ask(std::string_view text, std::optional<repute::subject> kind = {}) {
    return ask_about(canon, kind, text);
  }
  static lookup_result answered(std::vector<answer> answers) {
    lookup_result result;
    result.answers = std::move(answers);
    result.server = "192.0.2.1:7060";
    result.rtt = std::chrono::microseconds{87};
    result.status.generation = 3;
    return result;
  }

  const canon::canonicalizer canon;
  const answer spam{.status = status::listed,
                    .verdict = verdict::spam,
                    .score = 700,
                    .category = 12,
                    .ttl_s = 60};
};

TEST_F(LookupRow, ANameIsAskedWithItsParents) {
  const asked_key asked = ask("WWW.Mail.Example.COM.");
  EXPECT_EQ(asked.shown, "www.mail.example.com");
  ASSERT_GE(asked.levels.size(), 3u);
  EXPECT_EQ(asked.levels.front().kind, kind::host);
  EXPECT_EQ(asked.levels.back(), (canonical_key{kind::domain, "example.com"}));
}

TEST_F(LookupRow, WhatMatchedIsShownAsItIsListed) {
  const asked_key asked = ask("www.example.com");
  std::vector<answer> answers(asked.levels.size());
  answers.back() = spam;
  const lookup_row parent = answered_row(asked, answers, answered(answers));
  EXPECT_EQ(parent.matched, ".example.com");
  answers.front() = spam;
  const lookup_row own = answered_row(asked, answers, answered(answers));
  EXPECT_EQ(own.matched, "www.example.com");

  const asked_key address = ask("127.0.0.2");
  ASSERT_EQ(address.levels.size(), 1u);
  EXPECT_EQ(answered_row(address, std::vector{spam}, answered({spam})).matched, "127.0.0.2");
}

TEST_F(LookupRow, JsonOfEveryStatusHasTheSameNames) {
  const asked_key asked = ask("127.0.0.2");
  EXPECT_EQ(to_json(answered_row(asked, std::vector{spam}, answered({spam}))),
            R"({"key":"127.0.0.2","kind":"ip","status":"listed","verdict":"spam","score":700,)"
            R"("category":12,"matched":"127.0.0.2","ttl_s":60,"server":"192.0.2.1:7060",)"
            R"("rtt_us":87,"generation":3})");
  const answer clean{.ttl_s = 60};
  EXPECT_EQ(to_json(answered_row(asked, std::vector{clean}, answered({clean}))),
            R"({"key":"127.0.0.2","kind":"ip","status":"not_listed","verdict":"none","score":0,)"
            R"("category":0,"matched":null,"ttl_s":60,"server":"192.0.2.1:7060","rtt_us":87,)"
            R"("generation":3})");
  EXPECT_EQ(to_json(failed_row(asked, "no \"server\"")),
            R"({"key":"127.0.0.2","kind":"ip","status":"error","verdict":null,"score":null,)"
            R"("category":null,"matched":null,"ttl_s":null,"server":null,"rtt_us":null,)"
            R"("generation":null,"reason":"no \"server\""})");
  const std::string malformed = to_json(malformed_row(ask("300.1.2.3", subject::ip)));
  EXPECT_NE(malformed.find(R"("status":"malformed")"), malformed.npos);
  EXPECT_NE(malformed.find(R"("reason":")"), malformed.npos);
}

TEST_F(LookupRow, NoByteOfAPasswordIsShown) {
  for (const char* text : {"http://user:sesame@test/x", "http://user:sesame@te st/",
                           "http://u:sesame@", "http://a:sesame@[x", "//u:sesame@h^",
                           "ftp://u:s@sesame@x..y/", "http://u:sesame@h:port/?a@b"}) {
    for (const auto kind : {std::optional<repute::subject>(), std::optional(subject::url)}) {
      const asked_key asked = ask(text, kind);
      EXPECT_EQ(asked.shown.find("sesame"), std::string::npos) << text << " -> " << asked.shown;
      for (const canonical_key& level : asked.levels) {
        EXPECT_EQ(level.canonical.find("sesame"), std::string::npos) << text;
      }
    }
  }
}

TEST_F(LookupRow, TextLinesAreAlignedAndHarmless) {
  row_printer print;
  const asked_key address = ask("127.0.0.2");
  const lookup_row listed = answered_row(address, std::vector{spam}, answered({spam}));
  const lookup_row bad = malformed_row(ask("\x1b[31mred..", subject::domain));
  const std::string out = print(std::vector{listed, bad});
  EXPECT_EQ(out.find('\x1b'), out.npos);
  const auto feed = out.find('\n');
  const std::string first = out.substr(0, feed);
  const std::string second = out.substr(feed + 1);
  EXPECT_EQ(first.find("spam"), second.find("malformed"));
  EXPECT_NE(first.find("0.09 ms"), first.npos);
  EXPECT_NE(second.find("malformed"), second.npos);
}

}  // namespace
}  // namespace repute::tool
