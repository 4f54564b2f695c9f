// SPDX-License-Identifier: Apache-2.0
#include "recorded_rows.hpp"

namespace repute::load::test {
namespace {

recorded_rows read(std::string_view text) {
  return {text, spec_of(feed_format::misp)};
}

TEST(misp_format, the_type_says_what_matches) {
  const auto exact = read(R"({"name": "n", "type": "string", "list": ["a.example", ".b"]})");
  EXPECT_EQ(exact.lines(), (lines{"1:42 a.example", "1:55 .b"}));
  EXPECT_EQ(exact.matches()[0], name_match::exact);
  const auto both = read(R"({"type": "hostname", "list": [".a.example", "b"]})");
  EXPECT_EQ(both.lines(), (lines{"1:31 a.example", "1:45 b"}));
  EXPECT_EQ(both.matches()[1], name_match::both);
  const auto cidr = read(R"({"type": "cidr", "list": ["10.0.0.0/8"]})");
  EXPECT_EQ(cidr.lines(), lines{"1:27 10.0.0.0/8"});
  EXPECT_EQ(cidr.matches()[0], std::nullopt);
}

TEST(misp_format, places_are_lines_and_columns_whatever_the_order_of_keys) {
  const auto rows = read(
      "\xEF\xBB\xBF{\n  \"list\": [\n    \"a\",\r\n    \"b\"\n  ],\n"
      "  \"version\": 1,\n  \"type\": \"string\"\n}\n");
  EXPECT_EQ(rows.problem(), "");
  EXPECT_EQ(rows.lines(), (lines{"3:5 a", "4:5 b"}));
}

TEST(misp_format, entries_that_are_no_strings_are_bad_rows) {
  const auto rows =
      read("{\"type\": \"string\", \"list\": [\"a\", 7,\nnull, [\"x\"], {\"y\": \"z\"}, \"b\"]}");
  EXPECT_EQ(rows.problem(), "");
  EXPECT_EQ(rows.lines(), (lines{"1:29 a", "1:34 bad: not a string", "2:1 bad: not a string",
                                 "2:7 bad: not a string", "2:14 bad: not a string", "2:26 b"}));
}

TEST(misp_format, escapes_are_undone_and_a_nul_is_a_bad_row) {
  EXPECT_EQ(read(R"({"type": "string", "list": ["b\u00e4.example", "a\u0000b"]})").lines(),
            (lines{"1:29 b\xC3\xA4.example", "1:48 bad: a NUL byte"}));
}

TEST(misp_format, other_types_and_other_files_are_refused) {
  for (const std::string type : {"substring", "regex", "", "String"}) {
    EXPECT_NE(read(R"({"type": ")" + type + R"(", "list": ["a"]})").problem().find("hold no keys"),
              std::string::npos)
        << type;
  }
  for (const std::string_view text :
       {"{}", "[]", "7", "\"a\"", R"({"list": ["a"]})", R"({"type": 7, "list": ["a"]})",
        R"({"type": "string"})", R"({"type": "string", "list": "a"})", "", " ", "a.example\n",
        "<html></html>", "{\"type\": \"string\", \"list\": [\"\xff\"]}"}) {
    const auto rows = read(text);
    EXPECT_NE(rows.problem(), "") << text;
    EXPECT_EQ(rows.lines(), lines{}) << text;
  }
}

TEST(misp_format, two_lists_and_garbage_behind_are_refused) {
  EXPECT_EQ(read(R"({"type": "string", "list": ["a"], "list": ["b"]})").problem(),
            "1:1 more than one \"list\" in it: not a MISP warninglist");
  EXPECT_EQ(read(R"({"type": "string", "list": ["a"], "type": "cidr"})").problem(),
            "1:1 more than one \"type\" in it: not a MISP warninglist");
  EXPECT_EQ(read(R"({"type": "string", "list": 7, "list": ["a"]})").problem(),
            "1:1 more than one \"list\" in it: not a MISP warninglist");
  EXPECT_EQ(read(R"({"type": "string", "list": {}})").problem(),
            "1:1 no array \"list\" in it: not a MISP warninglist");
  EXPECT_EQ(read(R"({"type": "string"})").problem(),
            "1:1 no array \"list\" in it: not a MISP warninglist");
  EXPECT_EQ(read(R"({"list": ["a"]})").problem(), "1:1 no \"type\" in it: not a MISP warninglist");
  for (const std::string_view behind : {"{}", " x", "]", "\n{\"type\": \"cidr\"}"}) {
    const auto rows =
        read(R"({"type": "string", "list": ["a"], "version": 1})" + std::string(behind));
    EXPECT_NE(rows.problem().find("broken JSON"), std::string::npos) << behind;
    EXPECT_EQ(rows.lines(), lines{}) << behind;
  }
}

// Which member is missing says nothing of a file that is not whole.
TEST(misp_format, a_cut_file_is_said_to_be_broken) {
  for (const std::string_view cut :
       {"{\"name\": \"n\", \"vers", "{\"name\": \"n\",", "{\"list\": [\"a\",\n\"b\"",
        "{\"list\": [\"a\"]", "{\"list\": [\"a\"], \"type\": \"string\""}) {
    EXPECT_NE(read(cut).problem().find("broken JSON"), std::string::npos) << read(cut).problem();
  }
}

// A download that was cut, or an edit that went wrong: refused, with the line where it is.
TEST(misp_format, broken_json_is_refused_with_its_line) {
  const auto cut = read("{\"type\": \"string\",\n\"list\": [\"a\",\n\"b\"");
  EXPECT_NE(cut.problem(), "");
  const auto broken = read("{\"type\": \"string\", \"list\": [\n\"a\",\n\"b\"\n\"c\"\n]}");
  EXPECT_EQ(broken.problem().substr(0, 2), "3:") << broken.problem();
  const auto comma = read("{\"type\": \"string\", \"list\": [\n\"a\",\n\"b\",\n]}");
  EXPECT_NE(comma.problem(), "");
  const auto escape = read("{\"type\": \"string\", \"list\": [\n\"a\",\n\"\\x\"]}");
  EXPECT_EQ(escape.problem().substr(0, 2), "3:") << escape.problem();
}

TEST(misp_format, a_file_that_ends_too_early_is_refused_wherever_it_is_cut) {
  const std::string whole = R"({"type": "string", "list": ["a", "b"], "version": 1})";
  EXPECT_EQ(read(whole).problem(), "");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(read(std::string_view(whole).substr(0, size)).problem(), "") << size;
  }
}

TEST(misp_format, overlong_entries_are_bad_rows) {
  const std::string entry(row_bytes_max + 1, 'a');
  EXPECT_EQ(read(R"({"type": "string", "list": [")" + entry + R"("]})").lines(),
            lines{"1:29 bad: longer than 64 KiB"});
}

}  // namespace
}  // namespace repute::load::test
