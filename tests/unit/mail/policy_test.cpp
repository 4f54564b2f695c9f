// SPDX-License-Identifier: Apache-2.0
#include "repute/mail/policy.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "support/temporary_directory.hpp"

namespace repute::mail {
namespace {

using lines = std::vector<std::string>;

class Policy : public ::testing::Test {
 protected:
  lines read(std::string_view text) {
    lines problems;
    result = read_policy(text, "p", canon, problems);
    return problems;
  }

  const canon::canonicalizer canon;
  policy result;
};

canonical_key ip4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  return {kind::ip4, std::string{static_cast<char>(a), static_cast<char>(b), static_cast<char>(c),
                                 static_cast<char>(d)}};
}

TEST_F(Policy, TheFileWithEverySettingSaysTheDefault) {
  std::ifstream file(REPUTE_SOURCE_DIR "/deploy/mail.toml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  ASSERT_FALSE(text.empty());
  EXPECT_EQ(read(text), lines{});
  const policy fresh;
  EXPECT_TRUE(result.extraction.trusted_networks.empty());
  EXPECT_EQ(result.extraction.trusted_hops, 0u);
  EXPECT_EQ(result.believed_authserv_id, "");
  EXPECT_EQ(result.role_weight, fresh.role_weight);
  EXPECT_EQ(result.kind_weight, fresh.kind_weight);
  EXPECT_EQ(result.limit_weight, fresh.limit_weight);
  EXPECT_EQ(result.formal_automatic, fresh.formal_automatic);
  EXPECT_EQ(result.formal_verdicts, fresh.formal_verdicts);
  EXPECT_EQ(result.spam_rate, fresh.spam_rate);
  EXPECT_EQ(result.probable_spam_rate, fresh.probable_spam_rate);
  EXPECT_EQ(result.acting_votes, fresh.acting_votes);
  EXPECT_EQ(result.common_phrases, "");
  EXPECT_EQ(result.headers.compat_status, fresh.headers.compat_status);
  EXPECT_EQ(result.headers.spam_flag, fresh.headers.spam_flag);
  EXPECT_EQ(result.headers.authserv_id, fresh.headers.authserv_id);
  // Every weight stands in the file, so that the page is complete.
  for (std::size_t i = 0; i < role_count; ++i) {
    EXPECT_NE(text.find("\n" + std::string(word(static_cast<role>(i))) + " = "), text.npos);
  }
  for (const subject each : all_subjects) {
    EXPECT_NE(text.find("\n" + std::string(word(each)) + " = "), text.npos);
  }
}

TEST_F(Policy, EverythingCanBeSaid) {
  EXPECT_EQ(
      read("[received]\nnetworks = [\"192.0.2.1\"]\nhops = 2\nauthserv_id = \"A.Example\"\n"
           "[allow]\nnetworks = [\"192.0.2.0/25\", \"2001:db8::/33\"]\n"
           "senders = [\"Partner.Example\", \"Boss@Firm.Example\"]\n"
           "[block]\nnetworks = [\"198.51.100.7\"]\n"
           "[[group]]\nid = 4294967295\nscan = false\nrecipients = [\"abuse@firm.example\"]\n"
           "[[group]]\nid = 2\nrecipients = [\"lab.example\"]\n"
           "[formal]\nautomatic = [\"auto_reply\"]\nverdicts = false\n"
           "[thresholds]\nspam = 90\nprobable_spam = 90\n"
           "[text_signature]\nacting_votes = 5\ncommon_phrases = \"c\"\n"
           "[weights]\nlimit = 1\nrole = { relay = 0 }\nkind = { email-md5 = 0.25 }\n"
           "[headers]\ncompat_status = true\nspam_flag = true\nauthserv_id = \"MX.Example\"\n"),
      lines{});
  ASSERT_EQ(result.extraction.trusted_networks.size(), 1u);
  EXPECT_EQ(canon::show(result.extraction.trusted_networks[0]), "192.0.2.1");
  EXPECT_EQ(result.extraction.trusted_hops, 2u);
  EXPECT_EQ(result.believed_authserv_id, "a.example");
  EXPECT_TRUE(result.allow.has_client(ip4(192, 0, 2, 127)));
  EXPECT_FALSE(result.allow.has_client(ip4(192, 0, 2, 128)));
  EXPECT_TRUE(result.block.has_client(ip4(198, 51, 100, 7)));
  EXPECT_FALSE(result.block.has_client(ip4(198, 51, 100, 6)));
  const std::string inside = std::string("\x20\x01\x0d\xb8\x7f", 5) + std::string(11, '\1');
  const std::string outside = std::string("\x20\x01\x0d\xb8\x80", 5) + std::string(11, '\1');
  EXPECT_TRUE(result.allow.has_client({kind::ip6, inside}));
  EXPECT_FALSE(result.allow.has_client({kind::ip6, outside}));
  EXPECT_FALSE(result.allow.has_client({kind::ip6, "short"}));
  EXPECT_FALSE(result.allow.has_client({kind::host, "192.0.2.1"}));

  EXPECT_TRUE(result.allow.senders.has_domain("partner.example"));
  EXPECT_TRUE(result.allow.senders.has_domain("mail.partner.example"));
  EXPECT_FALSE(result.allow.senders.has_domain("notpartner.example"));
  EXPECT_TRUE(result.allow.senders.has_address("boss@FIRM.example"));
  EXPECT_TRUE(result.allow.senders.has_address("any@mail.partner.example"));
  EXPECT_FALSE(result.allow.senders.has_address("other@firm.example"));
  EXPECT_FALSE(result.allow.senders.has_domain("firm.example")) << "one address, not its domain";

  ASSERT_EQ(result.groups.size(), 2u);
  EXPECT_EQ(result.groups[0].id, 4294967295u);
  EXPECT_FALSE(result.groups[0].scan);
  EXPECT_TRUE(result.groups[1].scan);
  EXPECT_EQ(result.formal_automatic.to_string(), "0100");
  EXPECT_FALSE(result.formal_verdicts);
  EXPECT_EQ(result.spam_rate, 90);
  EXPECT_EQ(result.acting_votes, 5u);
  EXPECT_EQ(result.common_phrases, "c");
  EXPECT_EQ(result.limit_weight, 1);
  EXPECT_EQ(result.role_weight[static_cast<std::size_t>(role::relay)], 0);
  EXPECT_EQ(result.kind_weight[static_cast<std::size_t>(subject::email_md5)], 0.25);
  EXPECT_TRUE(result.headers.compat_status);
  EXPECT_EQ(result.headers.authserv_id, "mx.example");
}

TEST_F(Policy, NetworksOfAnyLengthAreComparedByTheirBits) {
  EXPECT_EQ(read("[allow]\nnetworks = [\"0.0.0.0/0\"]\n"), lines{});
  EXPECT_TRUE(result.allow.has_client(ip4(203, 0, 113, 1)));
  EXPECT_FALSE(result.allow.has_client({kind::ip6, std::string(16, '\0')}));
  EXPECT_EQ(read("[allow]\nnetworks = [\"128.0.0.0/1\"]\n"), lines{});
  EXPECT_TRUE(result.allow.has_client(ip4(255, 0, 0, 0)));
  EXPECT_FALSE(result.allow.has_client(ip4(127, 255, 255, 255)));
}

TEST_F(Policy, EveryMistakeIsNamedWithItsPlaceInTheFilesOrder) {
  EXPECT_EQ(
      read("[thresholds]\nspam = 101\nprobable = 3\n"
           "[allow]\nsenders = [\"a b\", 7, \"@\"]\nnetworks = [\"192.0.2.1/24\"]\n"
           "[weights.role]\nhello = 1.0\nclient = 1.5\nhelo = nan\n"
           "[text_signature]\ncommon_phrases = \"\"\n"),
      (lines{"p:2:8: spam must be a whole number from 1 to 100",
             "p:3:1: unknown setting 'probable'", "p:5:12: senders: 'a b': it is not a host name",
             "p:5:19: senders must be a text in quotes",
             "p:5:22: senders: '@': it is not of the form local-part@domain",
             "p:6:13: networks: '192.0.2.1/24': the address has bits set after its prefix "
             "length",
             "p:8:1: unknown setting 'hello'", "p:9:10: client must be a number from 0 to 1",
             "p:10:8: helo must be a number from 0 to 1",
             "p:12:18: common_phrases: must name a file"}));
}

TEST_F(Policy, WhatDoesNotFitTogetherIsRefused) {
  EXPECT_EQ(read("[thresholds]\nspam = 40\n"),
            lines{"p:1:1: probable_spam (50) must not be above spam (40)"});
  EXPECT_EQ(read("[[group]]\nid = 1\n"), lines{"p:1:1: a group needs an id and recipients"});
  EXPECT_EQ(read("[[group]]\nid = 1\nrecipients = []\n[[group]]\nid = 1\nrecipients = []\n"),
            lines{"p:4:1: a second group with id 1"});
  EXPECT_EQ(read("[formal]\nautomatic = [\"no\"]\n"),
            lines{"p:2:14: automatic: 'no' is not one of delivery_report, auto_reply, "
                  "virus_notice"});
  EXPECT_EQ(read("allow = 1\ngroup = 2\n"), (lines{"p:1:9: allow must be a table, written [allow]",
                                                   "p:2:9: group must be written as [[group]]"}));
  EXPECT_EQ(read("[headers]\nauthserv_id = \"a\\nb\"\n").size(), 1u);
  EXPECT_EQ(read("[headers\n").size(), 1u) << "no TOML at all";
  EXPECT_EQ(read("a = " + std::string(65, '[')), lines{"p:1:69: too many brackets in one line"});
}

TEST_F(Policy, AFileThatCannotBeReadIsAProblem) {
  const test::temporary_directory directory;
  lines problems;
  const auto path = directory.write("p.toml", "[thresholds]\nspam = 70\n");
  EXPECT_EQ(read_policy_file(path.string(), canon, problems).spam_rate, 70);
  EXPECT_EQ(problems, lines{});
  (void)read_policy_file((directory.path() / "nowhere").string(), canon, problems);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_NE(problems[0].find("No such file"), std::string::npos) << problems[0];
  problems.clear();
  (void)read_policy_file(directory.path().string(), canon, problems);
  EXPECT_EQ(problems.size(), 1u) << "a directory";
  problems.clear();
  const auto large = directory.write("l.toml", std::string(policy_bytes_max + 1, '#'));
  (void)read_policy_file(large.string(), canon, problems);
  EXPECT_EQ(problems.size(), 1u);
}

}  // namespace
}  // namespace repute::mail
