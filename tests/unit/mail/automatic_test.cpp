// SPDX-License-Identifier: Apache-2.0
#include "automatic.hpp"

#include <gtest/gtest.h>

#include "extracted.hpp"

namespace repute::mail {
namespace {

automatic kind_of(const std::string& head) {
  return test::extracted(head + "\n\nbody").automatic_kind;
}

TEST(automatic, delivery_reports) {
  EXPECT_EQ(kind_of("Content-Type: multipart/report; report-type=delivery-status; boundary=b"),
            automatic::delivery_report);
  EXPECT_EQ(kind_of("Content-Type: multipart/report; boundary=b;\n"
                    " report-type=\"disposition-notification\""),
            automatic::delivery_report);
  EXPECT_EQ(kind_of("Return-Path: <>\nFrom: MAILER-DAEMON@a.example"), automatic::delivery_report);
  EXPECT_EQ(kind_of("Return-Path: <>\nX-Failed-Recipients: a@b.example"),
            automatic::delivery_report);
}

TEST(automatic, replies) {
  for (const char* field :
       {"Auto-Submitted: auto-replied", "Auto-Submitted: AUTO-REPLIED (vacation)",
        "Precedence: auto_reply", "X-Autoreply: yes", "X-Autorespond: x"}) {
    EXPECT_EQ(kind_of(field), automatic::auto_reply) << field;
  }
}

TEST(automatic, virus_notices) {
  EXPECT_EQ(kind_of("Return-Path: <>\nSubject: VIRUS (Eicar) IN MAIL FROM YOU"),
            automatic::virus_notice);
  EXPECT_EQ(kind_of("From: postmaster@a.example\nSubject: =?utf-8?B?VmlydXMgYWxlcnQ=?="),
            automatic::virus_notice);
  EXPECT_EQ(kind_of("From: a@b.example\nSubject: Virus alert!"), automatic::no)
      << "anybody may write that";
}

TEST(automatic, none) {
  for (const char* field :
       {"Subject: x", "X-Auto-Response-Suppress: All", "Auto-Submitted: no",
        "Auto-Submitted: auto-generated", "Precedence: bulk", "Return-Path: <>",
        "From: mailer-daemon@a.example", "Content-Type: multipart/report; boundary=b"}) {
    EXPECT_EQ(kind_of(field), automatic::no) << field;
  }
}

TEST(automatic, the_null_sender_of_the_envelope) {
  envelope from;
  from.has_sender = true;
  EXPECT_EQ(test::extracted("From: postmaster@a.example\n\nx", from).automatic_kind,
            automatic::delivery_report);
  from.mail_from = "a@b.example";
  EXPECT_EQ(
      test::extracted("Return-Path: <>\nFrom: postmaster@a.example\n\nx", from).automatic_kind,
      automatic::no);
}

}  // namespace
}  // namespace repute::mail
