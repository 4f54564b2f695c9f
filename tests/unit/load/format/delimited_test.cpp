// SPDX-License-Identifier: Apache-2.0
#include "recorded_rows.hpp"

namespace repute::load::test {
namespace {

feed_spec named(std::string_view key) {
  feed_spec spec = spec_of(feed_format::csv);
  spec.key_column = std::string(key);
  return spec;
}
lines csv(std::string_view text) {
  return read_as(feed_format::csv, text);
}

TEST(csv_format, takes_rows_and_quotes) {
  EXPECT_EQ(csv("a,1\n\"b,b\",2\n\"c\"\"c\",3\n \"d\",4\n\"\",5\n\n#x,y\ne"),
            (lines{"1:1 a", "2:1 b,b", "3:1 c\"c", "4:1 \"d\"", "5:1 ", "8:1 e"}));
}

TEST(csv_format, quoted_fields_hold_line_ends_and_lines_are_still_counted) {
  feed_spec spec = spec_of(feed_format::csv);
  spec.key_column = std::uint32_t{2};
  EXPECT_EQ(recorded_rows("\"a\nb\r\nc\",1\nd,2\n", spec).lines(), (lines{"3:4 1", "4:3 2"}));
  EXPECT_EQ(recorded_rows("\"x\ny\",k\n\"\",\"l\"\n", spec).lines(), (lines{"2:4 k", "3:4 l"}));
}

TEST(csv_format, any_line_end_and_a_byte_order_mark) {
  EXPECT_EQ(csv("\xEF\xBB\xBF"
                "a,1\r\n\r\nb,2\r\nc\r"),
            (lines{"1:1 a", "3:1 b", "4:1 c"}));
  EXPECT_EQ(csv("\xEF\xBB\xBF\"a\"\n"), lines{"1:1 a"});
  EXPECT_EQ(csv(""), lines{});
}

// One forgotten quote costs one line, not the rest of the feed.
TEST(csv_format, an_open_quote_swallows_no_good_rows) {
  EXPECT_EQ(csv("a,1\nb,\"2\nc,3\nd,4\n"),
            (lines{"1:1 a", "2:3 bad: a quoted field that does not end", "3:1 c", "4:1 d"}));
  EXPECT_EQ(csv("\"a"), lines{"1:1 bad: a quoted field that does not end"});
  EXPECT_EQ(csv("\""), lines{"1:1 bad: a quoted field that does not end"});
  EXPECT_EQ(csv("\"a\n\"\"b\nc"), (lines{"1:1 bad: a quoted field that does not end",
                                         "2:3 bad: text after a closing quote", "3:1 c"}));
  const std::string many(row_bytes_max, '\n');
  EXPECT_EQ(csv("\"a" + many + "b\n"), (lines{"1:1 bad: a quoted field that does not end",
                                              std::to_string(row_bytes_max + 1) + ":1 b"}));
}

// The next quote ends the field instead: the lines in between are still rows of their own.
TEST(csv_format, a_quote_that_the_next_quote_ends_swallows_no_good_rows) {
  EXPECT_EQ(csv("\"evil.com\na.com\nb.com\n\"c.com\",x\n"),
            (lines{"1:1 bad: text after a closing quote in line 4", "2:1 a.com", "3:1 b.com",
                   "4:1 c.com"}));
  EXPECT_EQ(csv("x,\"evil\na\n\",\"b\"c\nd\n"),
            (lines{"1:3 bad: text after a closing quote in line 3", "2:1 a",
                   "3:4 bad: text after a closing quote", "4:1 d"}));
}

// The swallowed lines may even make a well-formed row.
TEST(csv_format, a_key_that_spans_lines_swallows_no_good_rows) {
  EXPECT_EQ(csv("\"evil.com\na.com\nb.com\n\",x\nc.com,y\n"),
            (lines{"1:1 bad: a key with a line end in it", "2:1 a.com", "3:1 b.com",
                   "4:1 bad: a quoted field that does not end", "5:1 c.com"}));
  feed_spec spec = spec_of(feed_format::csv);
  spec.key_column = std::uint32_t{3};
  EXPECT_EQ(recorded_rows("x,\"y\n1,2,a.com\n\"\n1,2,b.com\n", spec).lines(),
            (lines{"1:3 bad: only 2 columns", "2:5 a.com",
                   "3:1 bad: a quoted field that does not end", "4:5 b.com"}));
}

TEST(csv_format, a_bad_byte_in_joined_lines_swallows_no_good_rows) {
  EXPECT_EQ(csv("x,\"evil\na.com,1\n\xff,\"\nb.com,2\n"),
            (lines{"1:3 bad: not UTF-8 in line 3", "2:1 a.com",
                   "3:3 bad: a quoted field that does not end", "4:1 b.com"}));
  EXPECT_EQ(
      csv(std::string_view("x,\"evil\na.com,1\n\0\"\nb.com,2\n", 27)),
      (lines{"1:3 bad: a NUL byte in line 3", "2:1 a.com", "3:1 bad: a NUL byte", "4:1 b.com"}));
}

TEST(csv_format, an_overlong_row_of_joined_lines_swallows_no_good_rows) {
  const std::string half(row_bytes_max / 2, 'y');
  EXPECT_EQ(csv("\"evil\na\n\"," + half + "," + half + ",z\nb\n"),
            (lines{"1:1 bad: longer than 64 KiB", "2:1 a",
                   "3:1 bad: a quoted field that does not end", "4:1 b"}));
  EXPECT_EQ(csv("\"evil\na\n\"," + half + half + "\nb\n"),
            (lines{"1:1 bad: longer than 64 KiB", "2:1 a",
                   "3:1 bad: a quoted field that does not end", "4:1 b"}))
      << "the last field of a row counts too";
}

TEST(csv_format, text_after_a_quote_is_a_bad_row) {
  EXPECT_EQ(csv("\"a\"b,1\nc\n"), (lines{"1:4 bad: text after a closing quote", "2:1 c"}));
  EXPECT_EQ(csv("\"a\" ,1\nc\n"), (lines{"1:4 bad: text after a closing quote", "2:1 c"}));
}

TEST(csv_format, columns_by_name_are_found_in_the_header) {
  feed_spec spec = named("Domain");
  spec.score_column.emplace("score");
  spec.expires_column.emplace("until");
  spec.reason_column.emplace(std::uint32_t{1});
  EXPECT_EQ(
      recorded_rows("# made today\r\nwhy, score ,\"Domain\",until\r\nr,7,a,2030-01-01\r\n", spec)
          .lines(),
      lines{"3:5 a|7|2030-01-01|r"});
}

TEST(csv_format, a_header_without_the_column_refuses_the_file) {
  EXPECT_EQ(recorded_rows("\nname,score\na,1\n", named("domain")).problem(),
            "2:1 no column \"domain\" in the header row");
  EXPECT_EQ(recorded_rows("Domain\na\n", named("domain")).problem(),
            "1:1 no column \"domain\" in the header row");
  EXPECT_EQ(recorded_rows("# only comments\n", named("domain")).problem(), "1:1 no header row");
  EXPECT_EQ(recorded_rows("", named("domain")).problem(), "1:1 no header row");
}

TEST(csv_format, short_rows_are_bad_rows) {
  feed_spec spec = spec_of(feed_format::csv);
  spec.score_column.emplace(std::uint32_t{3});
  EXPECT_EQ(recorded_rows("a,b,1\nc,d\ne\n,,\nf,g,2,x\n", spec).lines(),
            (lines{"1:1 a|1||", "2:1 bad: only 2 columns", "3:1 bad: only 1 columns", "4:1 ",
                   "5:1 f|2||"}));
}

TEST(csv_format, nul_and_overlong_rows_are_bad_rows) {
  EXPECT_EQ(csv(std::string_view("a\0,1\nb\n", 7)), (lines{"1:2 bad: a NUL byte", "2:1 b"}));
  EXPECT_EQ(csv("a," + std::string(row_bytes_max, 'x') + "\nb\n"),
            (lines{"1:1 bad: longer than 64 KiB", "2:1 b"}));
  EXPECT_EQ(csv(std::string(std::size_t{1} << 20, ',') + "\nb\n"),
            (lines{"1:1 bad: longer than 64 KiB", "2:1 b"}));
  const std::string half(row_bytes_max / 2, 'y');
  EXPECT_EQ(csv("\"" + half + "\",\"" + half + "\"\nb\n"),
            (lines{"1:1 bad: longer than 64 KiB", "2:1 b"}));
}

TEST(csv_format, keeps_the_row_as_it_stands_for_the_reject_file) {
  feed_spec spec = spec_of(feed_format::csv);
  spec.key_column = std::uint32_t{2};
  const recorded_rows rows("\"a\nb\", c \r\nd\n", spec);
  EXPECT_EQ(rows.originals(), (lines{"\"a\nb\", c ", "d"}));
}

TEST(tsv_format, knows_no_quotes) {
  EXPECT_EQ(read_as(feed_format::tsv, "\"a\tb\n c \td,e\r\n"), (lines{"1:1 \"a", "2:1 c"}));
  feed_spec spec = spec_of(feed_format::tsv);
  spec.key_column = "k";
  EXPECT_EQ(recorded_rows("x\tk\n1\ta,\"b\"\n", spec).lines(), lines{"2:3 a,\"b\""});
}

}  // namespace
}  // namespace repute::load::test
