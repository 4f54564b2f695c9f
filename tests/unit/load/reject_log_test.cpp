// SPDX-License-Identifier: Apache-2.0
#include "load/reject_log.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/temporary_directory.hpp"

namespace repute::load {
namespace {

TEST(reject_limit, is_a_number_or_a_percentage) {
  EXPECT_EQ(parse_reject_limit("0")->count, 0U);
  EXPECT_EQ(parse_reject_limit("10")->count, 10U);
  EXPECT_FALSE(parse_reject_limit("10")->percent);
  EXPECT_EQ(parse_reject_limit("1.5%")->percent, 1.5);
  EXPECT_EQ(parse_reject_limit("100%")->percent, 100.0);
  for (const char* bad : {"", "%", "-1", "1.5", "x", "1x", "101%", "-1%", "nan%", "inf%", "5 %",
                          "%5", "5%%", "99999999999999999999"}) {
    EXPECT_FALSE(parse_reject_limit(bad)) << bad;
  }
}

const bad_row bad{{3, 4}, "why", "row"};

TEST(reject_log, without_a_limit_the_first_one_ends_the_load) {
  reject_log log(std::nullopt, "");
  EXPECT_TRUE(log.acceptable(0));
  EXPECT_FALSE(log.add("f", bad));
  EXPECT_FALSE(log.acceptable(1000000));
  EXPECT_EQ(log.first(), std::vector<std::string>{"f:3:4: why"});
}

TEST(reject_log, a_number_is_a_limit_at_once) {
  reject_log log(parse_reject_limit("2"), "");
  EXPECT_TRUE(log.add("f", bad));
  EXPECT_TRUE(log.add("f", bad));
  EXPECT_TRUE(log.acceptable(2));
  EXPECT_FALSE(log.add("f", bad));
  EXPECT_FALSE(log.acceptable(1000000));
}

TEST(reject_log, a_percentage_is_judged_at_the_end) {
  reject_log log(parse_reject_limit("1%"), "");
  for (int i = 0; i < 50; ++i) {
    EXPECT_TRUE(log.add("f", bad));
  }
  EXPECT_TRUE(log.acceptable(5000));
  EXPECT_FALSE(log.acceptable(4999));
  EXPECT_EQ(log.count(), 50U);
  EXPECT_LE(log.first().size(), 10U);
  EXPECT_FALSE(reject_log(parse_reject_limit("0%"), "").acceptable(0) == false);
}

TEST(reject_log, the_file_is_csv_whatever_the_row_holds) {
  const test::temporary_directory folder;
  const std::string path = folder.path() / "rejects.csv";
  reject_log log(parse_reject_limit("9"), path);
  ASSERT_TRUE(log.add("f,1", {{3, 4}, "a \"reason\"", "x,\"y\"\nz"}));
  ASSERT_TRUE(log.add("f", {{5, 6}, "", ""}));
  ASSERT_TRUE(log.close());
  EXPECT_EQ(test::read_file(path),
            "file,line,column,reason,row\n"
            "\"f,1\",3,4,\"a \"\"reason\"\"\",\"x,\"\"y\"\"\nz\"\n"
            "\"f\",5,6,\"\",\"\"\n");
}

TEST(reject_log, a_new_file_is_its_owner_s_alone) {
  const test::temporary_directory folder;
  const std::string path = folder.path() / "rejects.csv";
  const reject_log log(std::nullopt, path);
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(path).permissions(), perms::owner_read | perms::owner_write);
}

TEST(reject_log, a_file_that_cannot_be_written_is_an_error) {
  EXPECT_THROW(reject_log(std::nullopt, "/nowhere/at/all"), std::runtime_error);
  reject_log full(parse_reject_limit("9"), "/dev/full");
  ASSERT_TRUE(full.add("f", bad));
  EXPECT_FALSE(full.close());
}

}  // namespace
}  // namespace repute::load
