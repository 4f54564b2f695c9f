// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/feed_spec.hpp"
#include "support/temporary_directory.hpp"

namespace repute::load {
namespace {

struct read_result {
  std::vector<feed_spec> specs;
  std::vector<std::string> problems;  ///< `LINE:COL: what`, without the path
};

read_result read(std::string_view text) {
  const test::temporary_directory folder;
  const std::string path = folder.write("feeds.toml", text);
  std::vector<spec_problem> problems;
  read_result out;
  out.specs = read_feeds_file(path, problems).feeds;
  for (const spec_problem& problem : problems) {
    EXPECT_EQ(problem.where.substr(0, path.size()), path);
    const std::string where = problem.where.substr(path.size());
    out.problems.push_back((where.empty() ? "" : where.substr(1) + ": ") + problem.what);
  }
  return out;
}

const std::string good =
    "[[feed]]\nname = \"a\"\nfile = \"a.txt\"\nformat = \"list\"\nkind = \"domain\"\n"
    "verdict = \"spam\"\n";

TEST(feeds_file, reads_every_setting) {
  const auto got = read(R"([[feed]]
name = "a"
file = ["x.csv", "/abs/y.csv", "-"]
format = "csv"
kind = "domain"
match = "both"
verdict = "phishing"
score = -7
score_column = 4
score_scale = 2
category = 4095
cache_ttl = "2h"
expires = 3600
expires_column = "until"
columns = { key = "Domain", reason = 3 }
limits = { widest_v4 = 16, widest_v6 = 32, rows = 10 }
)");
  EXPECT_EQ(got.problems, std::vector<std::string>{});
  ASSERT_EQ(got.specs.size(), 1U);
  const feed_spec& spec = got.specs[0];
  EXPECT_EQ(spec.files, (std::vector<std::string>{"x.csv", "/abs/y.csv", "-"}));
  EXPECT_EQ(spec.format, feed_format::csv);
  EXPECT_EQ(spec.subject, subject::domain);
  EXPECT_EQ(spec.match, name_match::both);
  EXPECT_EQ(spec.verdict, verdict::phishing);
  EXPECT_EQ(spec.score, -7);
  EXPECT_EQ(spec.score_column, column(std::uint32_t{4}));
  EXPECT_EQ(spec.score_scale, 2.0);
  EXPECT_EQ(spec.category, 4095);
  EXPECT_EQ(spec.cache_ttl_s, 7200);
  EXPECT_EQ(spec.expires_after_s, 3600U);
  EXPECT_EQ(spec.expires_column, column("until"));
  EXPECT_EQ(spec.key_column, column("Domain"));
  EXPECT_EQ(spec.reason_column, column(std::uint32_t{3}));
  EXPECT_EQ(spec.limits.widest_v4, 16);
  EXPECT_EQ(spec.limits.widest_v6, 32);
  EXPECT_EQ(spec.limits.rows, 10U);
}

TEST(feeds_file, files_are_relative_to_the_file_itself) {
  const test::temporary_directory folder;
  const std::string path = folder.write("feeds.toml", good);
  std::vector<spec_problem> problems;
  const auto specs = read_feeds_file(path, problems).feeds;
  ASSERT_EQ(specs.size(), 1U);
  EXPECT_EQ(path_of(specs[0], "a.txt"), (folder.path() / "a.txt").string());
  EXPECT_EQ(path_of(specs[0], "/abs"), "/abs");
  EXPECT_EQ(path_of(specs[0], "-"), "-");
}

TEST(feeds_file, formats_that_say_their_kind_need_none) {
  const std::string begin = "[[feed]]\nname = \"a\"\nfile = \"f\"\nverdict = \"spam\"\nformat = ";
  const auto feodo = read(begin + "\"feodo\"\n");
  EXPECT_EQ(feodo.problems, std::vector<std::string>{});
  EXPECT_EQ(feodo.specs[0].subject, subject::ip);
  const auto any = read(begin + "\"auto\"\n");
  EXPECT_EQ(any.problems, std::vector<std::string>{});
  EXPECT_FALSE(any.specs[0].subject_given);
  const auto lines =
      read(begin + "\"jsonl\"\ncolumns = { key = \"value\", kind = \"type\", reason = \"why\" }\n");
  EXPECT_EQ(lines.problems, std::vector<std::string>{});
  EXPECT_EQ(lines.specs[0].subject_column, column("type"));
  EXPECT_EQ(read(begin + "\"csv\"\n").problems,
            std::vector<std::string>{"1:1: a feed without \"kind\""});
  EXPECT_EQ(
      read(begin + "\"feodo\"\nkind = \"url\"\n").problems,
      std::vector<std::string>{"1:1: format \"feodo\" holds other keys: kind must be \"ip\""});
}

TEST(feeds_file, tells_all_mistakes_at_once_with_their_places) {
  const auto got = read(
      "[[feed]]\nname = \"a\"\nfile = \"f\"\nformat = \"xml\"\nkind = \"dns\"\n"
      "verdict = \"bad\"\nscore = 1001\n\n[[feed]]\n  name = \"b\"\n  colour = 1\n");
  ASSERT_EQ(got.problems.size(), 9U);
  const auto has = [&](std::string_view begin) {
    return std::any_of(got.problems.begin(), got.problems.end(),
                       [&](const std::string& p) { return p.starts_with(begin); });
  };
  EXPECT_TRUE(has("4:10: format must be one of"));
  EXPECT_TRUE(has("5:8: kind must be one of"));
  EXPECT_TRUE(has("6:11: verdict must be one of"));
  EXPECT_TRUE(has("7:9: score must be a whole number from -1000 to 1000"));
  EXPECT_TRUE(has("9:1: a feed without \"file\""));
  EXPECT_TRUE(has("9:1: a feed without \"kind\""));
  EXPECT_TRUE(has("11:12: unknown setting \"colour\""));
}

TEST(feeds_file, a_bad_value_is_told_at_its_place) {
  const auto only_problem = [](const std::string& line) {
    const auto got = read(good + line + "\n");
    EXPECT_EQ(got.problems.size(), 1U) << line;
    return got.problems.empty() ? std::string() : got.problems[0];
  };
  for (const std::string line : {"score = 1.5",
                                 "score = \"5\"",
                                 "score = -1001",
                                 "category = 4096",
                                 "category = -1",
                                 "cache_ttl = \"19h\"",
                                 "cache_ttl = -1",
                                 "cache_ttl = \"x\"",
                                 "cache_ttl = 1.5",
                                 "expires = \"-1d\"",
                                 "expires = \"999999d\"",
                                 "score_scale = \"2\"",
                                 "score_scale = nan",
                                 "score_scale = inf",
                                 "score_column = 0",
                                 "score_column = 1001",
                                 "score_column = \"\"",
                                 "columns = 1",
                                 "columns = { kee = 1 }",
                                 "columns = { key = 0 }",
                                 "limits = 1",
                                 "limits = { widest_v4 = 33 }",
                                 "limits = { widest_v6 = -1 }",
                                 "limits = { rows = 0 }",
                                 "limits = { row = 1 }",
                                 "limits = { shrink = 20 }",
                                 "limits = { shrink = \"20\" }",
                                 "limits = { shrink = \"101%\" }",
                                 "limits = { shrink = \"-1%\" }",
                                 "limits = { shrink = \"%\" }",
                                 "limits = { grow = \"nan%\" }",
                                 "limits = { grow = true }",
                                 "limits = { empty = 1 }",
                                 "limits = { reserved = \"yes\" }",
                                 "match = \"all\""}) {
    EXPECT_EQ(only_problem(line).substr(0, 2), "7:") << line << " " << only_problem(line);
  }
}

TEST(feeds_file, limits_of_guards) {
  const auto limits_of = [](const std::string& line) {
    const auto got = read(good + line + "\n");
    EXPECT_EQ(got.problems, std::vector<std::string>{});
    return got.specs.at(0).limits;
  };
  const feed_limits plain = limits_of("");
  EXPECT_EQ(plain.shrink_percent, 20.0);
  EXPECT_EQ(plain.grow_percent, std::nullopt);
  EXPECT_FALSE(plain.empty || plain.reserved);
  const feed_limits set =
      limits_of("limits = { shrink = \"off\", grow = \"12.5%\", empty = true, reserved = true }");
  EXPECT_EQ(set.shrink_percent, std::nullopt);
  EXPECT_EQ(set.grow_percent, 12.5);
  EXPECT_TRUE(set.empty && set.reserved);
}

TEST(feeds_file, the_table_of_guards) {
  const test::temporary_directory folder;
  const std::string path = folder.write(
      "feeds.toml",
      "[guards]\nown = [\"example.org\",\n  \"192.0.2.0/24\"]\nallow = [\"top.json\", \"/abs\"]\n"
      "present = [\"bad.example\"]\nabsent = [\"ip:192.0.2.1\"]\n\n" +
          good);
  std::vector<spec_problem> problems;
  const feeds_file got = read_feeds_file(path, problems);
  EXPECT_EQ(problems.size(), 0U);
  EXPECT_EQ(got.feeds.size(), 1U);
  ASSERT_EQ(got.guards.own.size(), 2U);
  EXPECT_EQ(got.guards.own[1].text, "192.0.2.0/24");
  EXPECT_EQ(got.guards.own[1].where, path + ":3:3");
  ASSERT_EQ(got.guards.allow.size(), 2U);
  EXPECT_EQ(got.guards.allow[0].text, (folder.path() / "top.json").string());
  EXPECT_EQ(got.guards.allow[1].text, "/abs");
  EXPECT_EQ(got.guards.present.at(0).text, "bad.example");
  EXPECT_EQ(got.guards.absent.at(0).text, "ip:192.0.2.1");
  for (const std::string line : {"own = \"example.org\"", "own = [7]", "allow = [\"\"]",
                                 "mine = []", "present = [[\"a\"]]"}) {
    const auto wrong = read("[guards]\n" + line + "\n" + good);
    ASSERT_EQ(wrong.problems.size(), 1U) << line;
    EXPECT_EQ(wrong.problems[0].substr(0, 2), "2:") << wrong.problems[0];
  }
  EXPECT_EQ(read("guards = 1\n" + good).problems.size(), 1U);
}

TEST(feeds_file, names_must_be_texts) {
  EXPECT_FALSE(read("[[feed]]\nname = 5\nfile = \"f\"\nformat = \"list\"\nkind = \"ip\"\n"
                    "verdict = \"spam\"\n")
                   .problems.empty());
  EXPECT_FALSE(read("[[feed]]\nname = \"a\"\nfile = 5\nformat = \"list\"\nkind = \"ip\"\n"
                    "verdict = \"spam\"\n")
                   .problems.empty());
  EXPECT_FALSE(read("[[feed]]\nname = \"a\"\nfile = []\nformat = \"list\"\nkind = \"ip\"\n"
                    "verdict = \"spam\"\n")
                   .problems.empty());
}

TEST(feeds_file, two_feeds_of_one_name_are_refused_where_the_second_is) {
  const auto got = read(good + good);
  ASSERT_EQ(got.problems.size(), 1U);
  EXPECT_EQ(got.problems[0], "7:1: two feeds are named \"a\"");
}

TEST(feeds_file, other_files_are_refused) {
  EXPECT_EQ(read("").problems, std::vector<std::string>{"no [[feed]] in it"});
  for (const std::string_view text :
       {"x", "feed = 1\n", "[feed]\nname = \"a\"\n", "feeds = []\n", "[[feeds]]\n", "[[feed]\n",
        "\xff\xfe", "name = \"a\"\nname = \"b\"\n"}) {
    EXPECT_FALSE(read(text).problems.empty()) << text;
  }
  EXPECT_EQ(read("[[feed]]\nname = \"a\nfile\n").problems.size(), 1U);
  EXPECT_EQ(read("[[feed]]\nname = \"a\nfile\n").problems[0].substr(0, 2), "2:");
  std::vector<spec_problem> problems;
  const feeds_file missing = read_feeds_file("/nowhere/feeds.toml", problems);
  EXPECT_TRUE(missing.feeds.empty());
  EXPECT_EQ(missing.exit_code, 66);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].what, "cannot open: No such file or directory");
}

// Nesting that would overflow the parser's stack is refused before it is parsed.
TEST(feeds_file, deep_nesting_is_refused) {
  for (const char* bracket : {"[", "{a=", "[\n", "{a=\n"}) {
    std::string text = "x = ";
    for (int i = 0; i < 100000; ++i) {
      text += bracket;
    }
    EXPECT_FALSE(read(text).problems.empty());
  }
  EXPECT_EQ(read("# a\nb = " + std::string(65, '{')).problems,
            std::vector<std::string>{"2:69: too many brackets in one line"});
  EXPECT_EQ(read(std::string((std::size_t{1} << 20) + 1, '\n')).problems,
            std::vector<std::string>{"1:1: larger than 1048576 bytes"});
}

}  // namespace
}  // namespace repute::load
