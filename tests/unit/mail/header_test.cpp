// SPDX-License-Identifier: Apache-2.0
#include "header.hpp"

#include <gtest/gtest.h>

namespace repute::mail::detail {
namespace {

struct read_header {
  std::string text;
  std::string_view rest;
  budget within;
  header head;

  explicit read_header(std::string_view from, const extract_limits& limits = {})
      : text(from), rest(text), within(limits, text.size()), head(header::read(rest, within)) {}
};

TEST(header, fields_and_what_follows) {
  const read_header got("From: a\r\nSubject:  b\r\n c\r\n\td\r\n\r\nbody\r\n");
  EXPECT_EQ(got.head.text("from"), "a");
  EXPECT_EQ(got.head.text("subject"), "b c\td");
  EXPECT_EQ(got.head.fields().size(), 2U);
  EXPECT_EQ(got.rest, "body\r\n");
}

TEST(header, names_in_any_letters_and_blanks_before_the_colon) {
  const read_header got("FROM : a\nfRoM: b\n\n");
  EXPECT_EQ(got.head.text("from"), "a");
  EXPECT_TRUE(got.head.has("from"));
  EXPECT_FALSE(got.head.has("to"));
  EXPECT_EQ(got.head.text("to"), "");
}

TEST(header, a_line_that_is_no_field_ends_it) {
  const read_header got("From: a\nno field here\nTo: b\n\nbody");
  EXPECT_EQ(got.head.fields().size(), 1U);
  EXPECT_EQ(got.rest, "no field here\nTo: b\n\nbody");
}

TEST(header, marks_of_mailboxes_are_skipped) {
  const read_header got("From: a\n>From x\nTo: b\n\n");
  EXPECT_EQ(got.head.text("to"), "b");
}

TEST(header, may_be_all_there_is_or_nothing) {
  EXPECT_EQ(read_header("From: a").head.text("from"), "a");
  EXPECT_EQ(read_header("\nbody").rest, "body");
  EXPECT_EQ(read_header("").head.fields().size(), 0U);
  EXPECT_EQ(read_header(": x\n\n").rest, ": x\n\n");
}

TEST(header, control_characters_do_not_hide_the_rest) {
  const read_header got(
      std::string_view("Subject: a\0b\x01"
                       "c\n\n",
                       16));
  EXPECT_EQ(got.head.text("subject"), "abc");
}

TEST(header, fields_beyond_the_limit_are_skipped) {
  extract_limits limits;
  limits.header_fields = 2;
  read_header got("A: 1\nB: 2\nC: 3\nD: 4\n\nbody", limits);
  EXPECT_EQ(got.head.fields().size(), 2U);
  EXPECT_EQ(got.rest, "body");
  EXPECT_EQ(got.within.take_met(), std::vector{limit::header_fields});
}

TEST(header, long_fields_are_cut) {
  read_header got("Subject: " + std::string(20000, 'x') + "\nTo: b\n\nbody");
  EXPECT_EQ(got.head.text("subject").size(), field_size_max - 1);
  EXPECT_EQ(got.head.text("to"), "b");
  EXPECT_EQ(got.within.take_met(), std::vector{limit::header_fields});
}

}  // namespace
}  // namespace repute::mail::detail
