// SPDX-License-Identifier: Apache-2.0
#include "load/guard/allow_list.hpp"

#include "guard_world.hpp"
#include "load/guard/guard_lists.hpp"
#include "support/temporary_directory.hpp"

namespace repute::load::test {
namespace {

using repute::test::temporary_directory;
using strings = std::vector<std::string>;

// `LINE name`, with `*` behind if names under it are meant, too.
strings entries(std::string_view text) {
  const allow_list list = read_allow_list(text, canonical_forms());
  strings out;
  for (const list_entry& each : list.entries) {
    out.push_back(std::to_string(each.line) + " " +
                  (each.network ? canon::show(*each.network) : each.name) +
                  (each.with_below ? " *" : ""));
  }
  for (const format_problem& problem : list.problems) {
    out.push_back("bad " + std::to_string(problem.at.line) + ":" +
                  std::to_string(problem.at.column) + " " + problem.what);
  }
  return out;
}

TEST(allow_list, reads_plain_lists) {
  EXPECT_EQ(
      entries("\xEF\xBB\xBF# hosts\r\nWWW.Example.com.\n\n 192.0.2.0/24 # net\r\n2001:DB8::1"),
      (strings{"2 www.example.com", "4 192.0.2.0/24", "5 2001:db8::1"}));
  EXPECT_EQ(entries(""), strings{});
}

TEST(allow_list, reads_warninglists) {
  EXPECT_EQ(entries("{\"type\": \"string\",\n\"list\": [\"example.com\",\n\"192.0.2.1\"]}"),
            (strings{"2 example.com", "3 192.0.2.1"}));
  EXPECT_EQ(entries("\n {\"list\": [\"example.com\", \".example.org\"], \"type\": \"hostname\"}"),
            (strings{"2 example.com *", "2 example.org *"}));
  EXPECT_EQ(entries("{\"type\": \"cidr\", \"list\": [\"192.0.2.0/24\"]}"),
            strings{"1 192.0.2.0/24"});
}

TEST(allow_list, tells_what_it_cannot_take_and_where) {
  EXPECT_EQ(entries("example.com\n  *.example.com\n!example.net\n192.0.2.1/24\nhttp://x/\n"),
            (strings{"1 example.com",
                     "bad 2:3 \"*.example.com\" is no name, address or network: it is not a host "
                     "name",
                     "bad 3:2 an allow list has no exclusions",
                     "bad 4:1 \"192.0.2.1/24\" is no name, address or network: the address has "
                     "bits set after its prefix length",
                     "bad 5:1 \"http://x/\" is no name, address or network: it is not an address "
                     "with a prefix length in range"}));
  EXPECT_EQ(entries("{\"type\": \"regex\", \"list\": []}").size(), 1U);
  EXPECT_EQ(entries("{\"type\": \"string\", \"list\": [7").size(), 1U);
  std::string many;
  for (int i = 0; i < 100; ++i) {
    many += "a b\n";
  }
  EXPECT_EQ(entries(many).size(), 10U) << "the first few are enough";
}

TEST(guard_lists, read_files_and_tell_all_mistakes) {
  const temporary_directory folder;
  const std::string good = folder.write("good.txt", "example.com\n");
  const std::string bad = folder.write("bad.txt", "\na b\n");
  const std::string empty = folder.write("empty.txt", "# nothing\n");
  std::vector<spec_problem> problems;
  guard_settings settings;
  settings.own = {{"example.org", "f:1:2"}, {"a b", "f:1:9"}};
  settings.allow = {{good, "f:2:1"}, {bad, "f:2:5"}, {empty, "f:2:9"}, {"/nowhere", "f:3:1"}};
  const guard_lists lists = read_guard_lists(settings, canonical_forms(), problems);
  ASSERT_EQ(lists.own.size(), 1U);
  EXPECT_TRUE(lists.own[0].with_below);
  ASSERT_GE(lists.allow.size(), 1U);
  EXPECT_EQ(lists.allow[0].path, good);
  EXPECT_EQ(lists.allow[0].entries.size(), 1U);
  ASSERT_EQ(problems.size(), 4U);
  EXPECT_EQ(problems[0].where, "f:1:9");
  EXPECT_EQ(problems[1].where, bad + ":2:1");
  EXPECT_EQ(problems[2].where, "f:2:9");
  EXPECT_EQ(problems[3].where, "f:3:1");
}

}  // namespace
}  // namespace repute::load::test
