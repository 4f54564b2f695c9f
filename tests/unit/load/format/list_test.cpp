// SPDX-License-Identifier: Apache-2.0
#include "recorded_rows.hpp"

namespace repute::load::test {
namespace {

lines read(std::string_view text, subject kind = subject::domain) {
  feed_spec spec = spec_of(feed_format::list);
  spec.subject = kind;
  return recorded_rows(text, spec).lines();
}

TEST(list_format, takes_one_key_a_line_with_its_place) {
  EXPECT_EQ(read("a.example\n  b.example\t\n\n\n\tc.example"),
            (lines{"1:1 a.example", "2:3 b.example", "5:2 c.example"}));
}

TEST(list_format, takes_any_line_end_and_a_byte_order_mark) {
  EXPECT_EQ(read("\xEF\xBB\xBF"
                 "a\r\nb\nc\r"),
            (lines{"1:1 a", "2:1 b", "3:1 c"}));
  EXPECT_EQ(read(""), lines{});
  EXPECT_EQ(read("\xEF\xBB\xBF"), lines{});
  EXPECT_EQ(read("\n\r\n"), lines{});
}

TEST(list_format, comments_begin_a_line_or_follow_a_blank) {
  EXPECT_EQ(read("# all\n  ; all\na # rest\nb\t;rest\nhttp://x/#y\nc;d\n"),
            (lines{"3:1 a", "4:1 b", "5:1 http://x/#y", "6:1 c;d"}));
}

TEST(list_format, exclusions) {
  EXPECT_EQ(read("!a\n ! b # why\n"), (lines{"1:2 !a", "2:4 !b"}));
  EXPECT_EQ(read("!\n"), lines{"1:1 !"});  // an empty key: the compiler refuses it
  EXPECT_EQ(read("x\n!# c\n"), (lines{"1:1 x", "2:2 !# c"}));
}

TEST(list_format, keys_with_blanks_have_no_comments_behind_them) {
  for (const subject kind : {subject::text, subject::name_md5, subject::avrec}) {
    EXPECT_EQ(read("# all\n;all\n win # 1 prize ; now\t\n #1 offer\n", kind),
              (lines{"3:2 win # 1 prize ; now", "4:2 #1 offer"}))
        << word(kind);
  }
  EXPECT_EQ(read("a@b.example # why\n", subject::email), lines{"1:1 a@b.example"});
}

TEST(list_format, only_kinds_with_wider_rows_have_exclusions) {
  for (const subject kind : all_subjects) {
    const bool excludes = kind == subject::ip || kind == subject::domain || kind == subject::url;
    EXPECT_EQ(read("!key\n", kind), lines{excludes ? "1:2 !key" : "1:1 !key"}) << word(kind);
  }
  feed_spec spec = spec_of(feed_format::list);
  spec.subject = subject::text;
  EXPECT_EQ(recorded_rows("!!! WIN MONEY NOW\n", spec).lines(), lines{"1:1 !!! WIN MONEY NOW"});
}

TEST(list_format, nul_and_overlong_lines_are_bad_rows) {
  const std::string longest(row_bytes_max, 'a');
  EXPECT_EQ(read(longest + "\n" + longest + "a\nb\n"),
            (lines{"1:1 " + longest, "2:1 bad: longer than 64 KiB", "3:1 b"}));
  EXPECT_EQ(read(std::string_view("a\nb\0c\n# \0\nd\n", 12)),
            (lines{"1:1 a", "2:2 bad: a NUL byte", "3:3 bad: a NUL byte", "4:1 d"}));
}

TEST(list_format, of_an_overlong_row_an_excerpt_is_kept) {
  const recorded_rows rows(std::string(row_bytes_max + 10, 'a'), spec_of(feed_format::list));
  ASSERT_EQ(rows.originals().size(), 1U);
  EXPECT_EQ(rows.originals()[0].size(), row_bytes_max);
}

}  // namespace
}  // namespace repute::load::test
