// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <latch>

#include "cmd_check.hpp"
#include "cmd_facts.hpp"
#include "mail_options.hpp"
#include "message_run.hpp"
#include "ordered_work.hpp"

namespace repute::tool {
namespace {

TEST(Surroundings, EveryNameIsRead) {
  std::string problem;
  const auto read = read_surroundings(
      {"ip=2001:db8::1", "helo=mx.example", "from=<>", "to=a@b.example", "to=c@d.example",
       "authenticated=b.example", "category=7", "topic=4294967295", "heuristic=0", "avrec=X 1"},
      problem);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->envelope.client_ip, "2001:db8::1");
  EXPECT_EQ(read->envelope.helo, "mx.example");
  EXPECT_EQ(read->envelope.mail_from, "");
  EXPECT_TRUE(read->envelope.has_sender);
  EXPECT_EQ(read->envelope.recipients, (std::vector<std::string>{"a@b.example", "c@d.example"}));
  EXPECT_EQ(read->envelope.authenticated, std::vector<std::string>{"b.example"});
  EXPECT_EQ(read->given.categories, std::vector<std::uint32_t>{7});
  EXPECT_EQ(read->given.topics, std::vector<std::uint32_t>{4294967295});
  EXPECT_EQ(read->given.heuristics, std::vector<std::uint32_t>{0});
  EXPECT_EQ(read->given.av_records, std::vector<std::string>{"X 1"});
  EXPECT_FALSE(read_surroundings({}, problem)->envelope.has_sender);
  // A message that was handed in on the machine itself came from no address.
  EXPECT_EQ(read_surroundings({"ip="}, problem)->envelope.client_ip, "");
}

TEST(Surroundings, WhatCannotBeReadIsRefused) {
  for (const char* word : {"ip", "ip=x", "ip=192.0.2.0/24", "category=", "category=-1",
                           "topic=4294967296", "heuristic=1x", "host=a", "=", ""}) {
    std::string problem;
    EXPECT_FALSE(read_surroundings({word}, problem)) << word;
    EXPECT_NE(problem.find("--envelope"), problem.npos);
  }
}

mail::checked_message checked() {
  mail::checked_message out;
  out.examined.facts.facts = {
      {subject::domain, mail::role::link, "x.example", {kind::host, "x.example"}, 0}};
  out.examined.asked.keys.resize(3);
  out.report.status = mail::message_status::spam;
  out.report.rate = 90;
  out.report.method = "UDS";
  out.report.info = {"spam: domain x.example (link)"};
  out.report.hits = {
      {0,
       0,
       {.status = status::listed, .verdict = verdict::spam, .score = 5, .category = 12},
       false,
       0.9}};
  out.server = "192.0.2.1:7060";
  out.rtt = std::chrono::microseconds{87};
  return out;
}

TEST(Check, JsonHasTheMembersOfTheirPage) {
  EXPECT_EQ(check_json("a \"b\".eml", checked()),
            R"({"file":"a \"b\".eml","status":"spam","rate":90,"method":"UDS",)"
            R"j("info":["spam: domain x.example (link)"],"hits":[{"kind":"domain","role":"link",)j"
            R"("value":"x.example","verdict":"spam","score":5,"category":12}],"asked":3,)"
            R"("server":"192.0.2.1:7060","rtt_us":87})"
            "\n");
  mail::checked_message silent;
  silent.report.method = "none";
  silent.failure = "timeout";
  EXPECT_EQ(check_json("-", silent),
            R"({"file":"-","status":"not_detected","rate":0,"method":"none","info":[],"hits":[],)"
            R"("asked":0,"server":null,"rtt_us":null})"
            "\n");
}

TEST(Check, TextShowsTheFieldsAndTheLookup) {
  const std::string text = check_text(checked(), {});
  EXPECT_EQ(text.substr(0, text.find('\n')), "X-Spamtest-Status-Extended: spam");
  EXPECT_NE(text.find("3 keys asked (3 ip), 0.09 ms, server 192.0.2.1:7060\n"), text.npos);
  mail::checked_message silent;
  EXPECT_NE(check_text(silent, {}).find("nobody was asked"), text.npos);
  silent.failure = "timeout";
  EXPECT_NE(check_text(silent, {}).find("no answer: timeout"), text.npos);
}

TEST(Facts, JsonHasTheMembersOfTheirPage) {
  mail::message_facts facts = checked().examined.facts;
  facts.limits = {mail::limit::depth, mail::limit::links};
  const seal::fingerprinter fingerprints{seal::deployment_salt{}};
  const std::string text = facts_json("f", facts, fingerprints);
  EXPECT_EQ(text.find(R"({"file":"f","facts":[{"kind":"domain","role":"link",)"
                      R"("value":"x.example","canonical":"x.example","fingerprint":")"),
            0u);
  EXPECT_NE(text.find(R"("}],"limits":["depth","links"]})"), text.npos) << text;
}

TEST(OrderedWork, ResultsComeInTheOrderOfTheirTasks) {
  ordered_work<int> work(4);
  std::latch second_ran(1);
  work.give(
      [&] {
        second_ran.wait();
        return 1;
      },
      10);
  work.give(
      [&] {
        second_ran.count_down();
        return 2;
      },
      20);
  EXPECT_EQ(work.count(), 2u);
  EXPECT_EQ(work.load(), 30u);
  EXPECT_EQ(work.take(), 1);
  EXPECT_EQ(work.load(), 20u);
  EXPECT_EQ(work.take(), 2);
}

TEST(OrderedWork, WhatATaskThrowsIsThrownByTake) {
  ordered_work<int> work(1);
  work.give([]() -> int { throw std::runtime_error("x"); }, 0);
  EXPECT_THROW((void)work.take(), std::runtime_error);
}

TEST(Summary, EveryStatusHasALine) {
  message_totals totals;
  totals.messages = 1234;
  totals.bytes = 5'000'000;
  totals.by_status = {1200, 4, 30, 0, 0, 0};
  totals.unanswered = 2;
  totals.seconds = 2;
  EXPECT_EQ(summary_text(totals),
            "not_detected       1 200\nprobable_spam          4\nspam                  30\n"
            "formal                 0\ntrusted                0\nblacklisted            0\n"
            "not processed          2  (not_detected)\n"
            "1 234 messages, 5.0 MB, 2.00 s, 617 /s\n");
}

}  // namespace
}  // namespace repute::tool
