// SPDX-License-Identifier: Apache-2.0
#include "senders.hpp"

#include <gtest/gtest.h>

#include "extracted.hpp"

namespace repute::mail {
namespace {

using test::lines;

TEST(senders, of_the_envelope) {
  envelope from;
  from.client_ip = "192.0.2.1";
  from.helo = "Mail.A.example.";
  from.mail_from = "User@A.example";
  from.has_sender = true;
  const auto found = test::extracted("Return-Path: <x@y.example>\n\n", from);
  EXPECT_EQ(test::shown(found), (lines{"client ip 192.0.2.1", "helo domain mail.a.example",
                                       "mail_from email User@a.example",
                                       "mail_from email-md5 8c2fa3a47d8733eb638ef53c91ad779e",
                                       "mail_from domain a.example"}));
  EXPECT_EQ(found.sender, "User@A.example");
}

TEST(senders, of_the_header) {
  const auto found = test::extracted(
      "Return-Path: <b@b.example>\nFrom: \"x@bank.example\" <c@c.example>, d@d.example\n"
      "Reply-To: e@e.example\nMessage-ID: <1@f.example>\nList-Id: Some list <g.example>\n"
      "List-Unsubscribe: <mailto:x@h.example?subject=y>,\n <https://u:p@i.example:8080/x>\n"
      "Sender: nobody@z.example\n\n");
  EXPECT_EQ(test::in_role(found, role::mail_from)[2], "b.example");
  EXPECT_EQ(test::in_role(found, role::from)[0], "c@c.example");
  EXPECT_EQ(test::in_role(found, role::from)[2], "c.example");
  EXPECT_EQ(test::in_role(found, role::from)[5], "d.example");
  EXPECT_EQ(test::in_role(found, role::reply_to), lines{"e.example"});
  EXPECT_EQ(test::in_role(found, role::message_id), lines{"f.example"});
  EXPECT_EQ(test::in_role(found, role::list), (lines{"g.example", "h.example", "i.example"}));
  EXPECT_EQ(found.sender, "b@b.example");
}

TEST(senders, nobody) {
  EXPECT_EQ(test::shown(test::extracted("Return-Path: <>\nFrom: nobody\nMessage-Id: x\n"
                                        "List-Id: <>\nList-Help: <>\n\n")),
            lines{});
  envelope from;
  from.helo = "[192.0.2.1]";
  EXPECT_EQ(test::shown(test::extracted("\n", from)), lines{});
}

}  // namespace
}  // namespace repute::mail
