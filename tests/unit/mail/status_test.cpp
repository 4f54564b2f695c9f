// SPDX-License-Identifier: Apache-2.0
#include "repute/mail/status.hpp"

#include <gtest/gtest.h>

#include "message_builder.hpp"

namespace repute::mail {
namespace {

using enum message_status;

TEST(Status, WordsAreThoseOfTheHeader) {
  EXPECT_EQ(word(not_detected), "not_detected");
  EXPECT_EQ(word(probable_spam), "probable_spam");
  EXPECT_EQ(word(spam), "spam");
  EXPECT_EQ(word(formal), "formal");
  EXPECT_EQ(word(trusted), "trusted");
  EXPECT_EQ(word(blacklisted), "blacklisted");
}

TEST(Status, AMessageAboutWhichNothingIsKnownIsNotDetected) {
  judged_message of;
  of.add(subject::domain, role::link, "good.example", {});
  const status_report seen = of.judge();
  EXPECT_EQ(seen.status, not_detected);
  EXPECT_EQ(seen.rate, 0);
  EXPECT_EQ(seen.method, "none");
  EXPECT_TRUE(seen.info.empty());
  EXPECT_TRUE(seen.hits.empty());
  EXPECT_EQ(judged_message{}.judge().status, not_detected) << "nothing to ask about";
}

TEST(Status, OneListingIsEnoughWhereTheSenderCannotHelpIt) {
  for (const role where : {role::client, role::mail_from, role::link, role::body}) {
    judged_message of;
    of.add(where == role::client ? subject::ip : subject::domain, where, "x.example",
           listed(verdict::spam));
    const status_report seen = of.judge();
    EXPECT_EQ(seen.status, spam) << word(where);
    EXPECT_EQ(seen.rate, 90);
    EXPECT_EQ(seen.method, "UDS");
  }
  judged_message probable;
  probable.add(subject::domain, role::link, "x.example", listed(verdict::probable_spam));
  EXPECT_EQ(probable.judge().status, probable_spam);
  EXPECT_EQ(probable.judge().rate, 50);
}

TEST(Status, WeakFactsAddUp) {
  judged_message of;
  of.add(subject::ip, role::relay, "r1", listed(verdict::spam));
  EXPECT_EQ(of.judge().status, not_detected);
  EXPECT_EQ(of.judge().rate, 18);
  of.add(subject::domain, role::helo, "h.example", listed(verdict::spam));
  EXPECT_EQ(of.judge().rate, 48);
  of.add(subject::domain, role::message_id, "m.example", listed(verdict::spam));
  EXPECT_EQ(of.judge().status, probable_spam);
  EXPECT_EQ(of.judge().rate, 57);
}

TEST(Status, OneListingCountsOnceWhereverItsNameStands) {
  judged_message of;
  for (const role where : {role::from, role::mail_from, role::link, role::list}) {
    of.add(subject::domain, where, "x.example", listed(verdict::probable_spam));
  }
  EXPECT_EQ(of.judge().rate, 50);
  EXPECT_EQ(of.judge().hits.size(), 4u);
  of.add(subject::domain, role::link, "y.example", listed(verdict::probable_spam));
  EXPECT_EQ(of.judge().rate, 75);
}

TEST(Status, InfoNamesAThingOnceWithAllItsPlaces) {
  judged_message of;
  of.add(subject::domain, role::link, "x.example", listed(verdict::spam));
  of.add(subject::domain, role::from, "y.example", listed(verdict::trusted));
  of.add(subject::domain, role::helo, "x.example", listed(verdict::spam));
  of.add(subject::text, role::body, "secret words", listed(verdict::spam));
  EXPECT_EQ(of.judge().info,
            (std::vector<std::string>{"spam: domain x.example (link, helo)", "spam: text (body)",
                                      "trusted: domain y.example (from)"}));
  of.from.authenticated = {"y.example"};
  EXPECT_EQ(of.judge().info.at(0), "trusted: domain y.example (from)");
  for (int i = 0; i < 20; ++i) {
    of.add(subject::domain, role::link, "z" + std::to_string(i), listed(verdict::spam));
  }
  EXPECT_EQ(of.judge().info.size(), 11u);
  EXPECT_EQ(of.judge().info.back(), "and 13 more");
}

TEST(Status, TheMostSpecificAnswerCounts) {
  const fact link{subject::domain, role::link, "a.x.example", {kind::host, "a.x.example"}, 0};
  judged_message excluded;
  excluded.add_levels(link, {listed(verdict::none), listed(verdict::spam)});
  EXPECT_EQ(excluded.judge().status, not_detected);
  judged_message trusted_itself;
  trusted_itself.add_levels(link, {listed(verdict::trusted), listed(verdict::spam)});
  EXPECT_EQ(trusted_itself.judge().status, not_detected) << "its listing is cancelled, no more";
  judged_message by_parent;
  by_parent.add_levels(link, {{}, listed(verdict::spam)});
  EXPECT_EQ(by_parent.judge().status, spam);
  EXPECT_EQ(by_parent.judge().hits.at(0).key, 1);
}

TEST(Status, PhishingAndMalwareNameThemselves) {
  judged_message of;
  of.add(subject::url, role::link, "bank.example/login", listed(verdict::phishing));
  EXPECT_EQ(of.judge().status, spam);
  EXPECT_EQ(of.judge().rate, 100);
  EXPECT_EQ(of.judge().info, std::vector<std::string>{"phishing: url bank.example/login (link)"});
  // Nor does a trusted client carry them past.
  of.add(subject::ip, role::client, some_address, listed(verdict::trusted));
  EXPECT_EQ(of.judge().status, spam);
}

TEST(Status, TheClientsAddressAcquits) {
  judged_message of;
  of.add(subject::domain, role::link, "x.example", listed(verdict::spam));
  of.add(subject::ip, role::client, some_address, listed(verdict::trusted));
  EXPECT_EQ(of.judge().status, trusted);
  EXPECT_EQ(of.judge().rate, 0);
}

TEST(Status, ASenderAcquitsOnlyWhenProved) {
  for (const subject what : {subject::domain, subject::email}) {
    judged_message of;
    of.add(what, role::from, what == subject::email ? "boss@p.example" : "p.example",
           listed(verdict::trusted));
    of.add(subject::domain, role::link, "x.example", listed(verdict::spam));
    EXPECT_EQ(of.judge().status, spam);
    of.from.authenticated = {"other.example", ""};
    EXPECT_EQ(of.judge().status, spam);
    of.from.authenticated = {"xp.example"};
    EXPECT_EQ(of.judge().status, spam);
    of.from.authenticated = {"other.example", "P.Example"};
    EXPECT_EQ(of.judge().status, trusted);
  }
  judged_message by_parent;
  by_parent.add(subject::domain, role::mail_from, "mail.p.example", listed(verdict::trusted));
  by_parent.from.authenticated = {"p.example"};
  EXPECT_EQ(by_parent.judge().status, trusted);
  judged_message by_address;
  by_address.add(subject::email, role::from, "boss@p.example", listed(verdict::trusted));
  by_address.from.authenticated = {"Boss@p.example"};
  EXPECT_EQ(by_address.judge().status, trusted);
  judged_message link;
  link.add(subject::domain, role::link, "p.example", listed(verdict::trusted));
  link.from.authenticated = {"p.example"};
  EXPECT_EQ(link.judge().status, not_detected) << "who is linked to has not sent it";
}

TEST(Status, BlacklistedSendersAndOtherBlacklistedThings) {
  for (const role where : {role::mail_from, role::from}) {
    judged_message of;
    of.add(subject::domain, where, "x.example", listed(verdict::blacklisted));
    EXPECT_EQ(of.judge().status, blacklisted);
    EXPECT_EQ(of.judge().method, "UDS BL");
  }
  judged_message client;
  client.add(subject::ip, role::client, some_address, listed(verdict::blacklisted));
  EXPECT_EQ(client.judge().status, blacklisted);
  judged_message link;
  link.add(subject::domain, role::link, "x.example", listed(verdict::blacklisted));
  EXPECT_EQ(link.judge().status, spam);
  judged_message relay;
  relay.add(subject::ip, role::relay, "r", listed(verdict::blacklisted));
  EXPECT_EQ(relay.judge().status, not_detected) << "a home user's address, say";
}

TEST(Status, AutomaticMessagesAreFormalUnlessSomethingConvicts) {
  judged_message of;
  of.message.automatic_kind = automatic::delivery_report;
  EXPECT_EQ(of.judge().status, formal);
  EXPECT_EQ(of.judge().method, "headers");
  of.add(subject::domain, role::link, "x.example", listed(verdict::spam));
  EXPECT_EQ(of.judge().status, spam);

  judged_message said;
  said.add(subject::domain, role::from, "lists.example", listed(verdict::formal));
  EXPECT_EQ(said.judge().status, formal);
  EXPECT_EQ(said.judge().method, "UDS");
  policy strict;
  strict.formal_verdicts = false;
  EXPECT_EQ(said.judge(strict).status, not_detected);
  strict.formal_automatic.reset();
  EXPECT_EQ(judged_message(of).judge(strict).status, spam);
}

TEST(Status, FewVotesNeverConvictAlone) {
  const auto near = [](status status, verdict says, std::uint16_t votes) {
    return answer{.status = status, .verdict = says, .category = votes};
  };
  judged_message of;
  of.add(subject::textsig, role::body, "one", near(status::near, verdict::malware, 3));
  of.add(subject::textsig, role::body, "two", near(status::near, verdict::spam, 80));
  EXPECT_EQ(of.judge().status, not_detected);
  EXPECT_EQ(of.judge().rate, 49);
  EXPECT_TRUE(of.judge().hits.at(0).near);
  EXPECT_EQ(of.judge().info.at(0), "near malware: textsig (body)");
  EXPECT_EQ(category_of(of.judge().hits.at(0), of.message), 0);
  // Together with something else they do.
  judged_message more = of;
  more.add(subject::ip, role::relay, "r", listed(verdict::probable_spam));
  EXPECT_EQ(more.judge().status, probable_spam);
  // Enough votes of a campaign that acts are a listing; the policy says how many.
  of.answers[1] = near(status::listed, verdict::spam, 4);
  EXPECT_EQ(of.judge().status, spam);
  policy careful;
  careful.acting_votes = 5;
  EXPECT_EQ(of.judge(careful).status, not_detected);
}

TEST(Status, WithoutAnAnswerAMessageIsNotProcessed) {
  judged_message of;
  of.add(subject::ip, role::client, some_address, listed(verdict::malware, 1000));
  of.failure = "timeout";
  const status_report seen = of.judge();
  EXPECT_EQ(seen.status, not_detected);
  EXPECT_EQ(seen.rate, 0);
  EXPECT_EQ(seen.info, std::vector<std::string>{"Not processed (timeout)"});
}

TEST(Status, PartOfTheAnswersIsUsedAndSaid) {
  judged_message of;
  of.add(subject::domain, role::link, "a.example", {.status = status::skipped});
  of.add(subject::domain, role::link, "b.example", listed(verdict::spam));
  of.add(subject::textsig, role::body, "t", {.status = status::unsupported});
  EXPECT_EQ(of.judge().status, spam);
  EXPECT_EQ(of.judge().info,
            (std::vector<std::string>{"spam: domain b.example (link)",
                                      "Partly processed (1 of 3 facts have no answer)"}));
}

TEST(Status, AMetLimitIsSaidAndMayCount) {
  judged_message of;
  of.message.limits = {limit::depth, limit::links};
  EXPECT_EQ(of.judge().info, std::vector<std::string>{"Limits reached: depth, links"});
  EXPECT_EQ(of.judge().rate, 0);
  policy wary;
  wary.limit_weight = 0.6;
  EXPECT_EQ(of.judge(wary).rate, 60);
}

class Administrator : public ::testing::Test {
 protected:
  Administrator() {
    of.add(subject::ip, role::client, some_address, listed(verdict::malware));
    of.add(subject::domain, role::from, "mail.p.example", listed(verdict::spam));
    of.add(subject::email, role::mail_from, "boss@mail.p.example", listed(verdict::trusted));
  }
  judged_message of;
  policy by;
};

TEST_F(Administrator, AllowedNetworksWinOverEverythingTheServiceSays) {
  by.allow.networks = {{false, {192, 0, 2}, 24}};
  by.block.networks = by.allow.networks;
  EXPECT_EQ(of.judge(by).status, trusted);
  EXPECT_EQ(of.judge(by).method, "white ip list");
  EXPECT_EQ(of.judge(by).rate, 0);
  of.failure = "timeout";
  EXPECT_EQ(of.judge(by).status, trusted) << "that needs no server";
}

TEST_F(Administrator, AllowedSendersMustBeProved) {
  by.allow.senders.domains = {"p.example"};
  EXPECT_EQ(of.judge(by).status, spam);
  of.from.authenticated = {"p.example"};
  EXPECT_EQ(of.judge(by).status, trusted);
  EXPECT_EQ(of.judge(by).method, "white email list");
}

TEST_F(Administrator, WhoIsBlockedIsBlacklisted) {
  by.block.networks = {{false, {192, 0, 2, 25}, 32}};
  EXPECT_EQ(of.judge(by).status, blacklisted);
  EXPECT_EQ(of.judge(by).method, "black ip list");
  EXPECT_EQ(of.judge(by).rate, 100);
  by.block = {};
  by.block.senders.addresses = {"boss@mail.p.example"};
  EXPECT_EQ(of.judge(by).status, blacklisted);
  EXPECT_EQ(of.judge(by).method, "black email list");
}

TEST_F(Administrator, RecipientsThatAreNotScannedGetEverything) {
  by.block.networks = {{false, {}, 0}};
  by.groups = {{7, false, {{}, {"abuse@firm.example"}}}, {8, false, {{"lab.example"}, {}}}};
  EXPECT_EQ(of.judge(by).status, blacklisted) << "nobody is named";
  of.from.recipients = {"Abuse@firm.example"};
  EXPECT_EQ(of.judge(by).status, trusted);
  EXPECT_EQ(of.judge(by).method, "detection disabled");
  EXPECT_EQ(of.judge(by).group, 7u);
  of.from.recipients.emplace_back("x@lab.example");
  EXPECT_EQ(of.judge(by).status, trusted);
  EXPECT_EQ(of.judge(by).group, 0u) << "no group has both";
  of.from.recipients.emplace_back("user@firm.example");
  EXPECT_EQ(of.judge(by).status, blacklisted) << "somebody is scanned";
}

}  // namespace
}  // namespace repute::mail
