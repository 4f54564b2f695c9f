// SPDX-License-Identifier: Apache-2.0
#include "recorded_rows.hpp"

namespace repute::load::test {
namespace {

feed_spec columns() {
  feed_spec spec = spec_of(feed_format::jsonl);
  spec.key_column = "indicator";
  spec.reason_column.emplace("why");
  spec.score_column.emplace("risk");
  spec.expires_column.emplace("until");
  return spec;
}

TEST(jsonl_format, members_are_named_by_the_columns) {
  const recorded_rows rows(
      "{\"indicator\": \"a.example\", \"why\": \"b\\u00e4d\", \"risk\": 7.5, \"until\": "
      "1800000000}\n"
      "\n  {\"x\": {\"indicator\": 1}, \"until\": null, \"risk\": \"3\", \"indicator\": 42}\r\n"
      "{\"indicator\":\"b\"}",
      columns());
  EXPECT_EQ(rows.lines(), (lines{"1:15 a.example|7.5|1800000000|b\xC3\xA4"
                                 "d",
                                 "3:68 42|3||", "4:14 b"}));
}

TEST(jsonl_format, a_member_may_say_the_kind) {
  feed_spec spec = columns();
  spec.subject_column.emplace("type");
  spec.subject_given = false;
  const recorded_rows rows(
      "{\"indicator\": \"a\", \"type\": \"domain\"}\n{\"indicator\": \"b\", \"type\": \"sha1\"}\n"
      "{\"indicator\": \"c\", \"type\": \"ip\"}\n{\"indicator\": \"d\"}\n",
      spec);
  EXPECT_EQ(rows.lines(), (lines{"1:15 a", "3:15 c"}));
  EXPECT_EQ(kinds_of(rows), (lines{"domain", "ip"}));
  EXPECT_EQ(rows.skipped(), 2U);
}

TEST(jsonl_format, what_is_no_such_object_is_a_bad_row) {
  const auto got =
      recorded_rows(
          "[1]\n7\n{\"why\": \"x\"}\n{\"indicator\": [1]}\n{\"indicator\": \"a\\u0000\"}\n"
          "{\"indicator\": \"a\"} {}\n{\"indicator\": \"good\"}\n",
          columns())
          .lines();
  EXPECT_EQ(got, (lines{"1:1 bad: not a JSON object", "2:1 bad: not a JSON object",
                        "3:1 bad: no \"indicator\" in it",
                        "4:15 bad: \"indicator\" is no text and no number", "5:15 bad: a NUL byte",
                        "6:1 bad: text behind the JSON object", "7:15 good"}));
  for (const std::string_view cut :
       {"{", "{\"indicator\"", "{\"indicator\": \"a", "{\"indicator\": \"a\"",
        "{\"indicator\": \"a\",", "nonsense", "{indicator: a}"}) {
    const auto rows = recorded_rows(cut, columns()).lines();
    ASSERT_EQ(rows.size(), 1U) << cut;
    EXPECT_EQ(rows[0].substr(0, 9), "1:1 bad: ") << cut;
  }
}

}  // namespace
}  // namespace repute::load::test
