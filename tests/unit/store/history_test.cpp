// SPDX-License-Identifier: Apache-2.0
// Which generations were in force before the present one, through crashes and damage.
#include "store/history.hpp"

#include <gtest/gtest.h>

#include "support/temporary_directory.hpp"

namespace repute::store {
namespace {

using numbers = std::vector<std::uint32_t>;

class history_test : public testing::Test {
 protected:
  void switch_to(std::uint32_t generation) const {
    const auto done = put_in_force(folder_.path(), generation);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(*read_current(folder_.path()), generation);
  }
  [[nodiscard]] numbers history() const { return *read_history(folder_.path()); }

  test::temporary_directory folder_;
};

TEST_F(history_test, holds_what_was_replaced) {
  EXPECT_EQ(history(), numbers());
  switch_to(1);
  EXPECT_EQ(history(), numbers());
  EXPECT_EQ(generation_before(folder_.path()).error().code, store_error::not_found);
  switch_to(2);
  switch_to(5);
  EXPECT_EQ(history(), (numbers{1, 2}));
  EXPECT_EQ(*generation_before(folder_.path()), 2U);
  switch_to(2);
  EXPECT_EQ(history(), (numbers{1, 2, 5}));
  EXPECT_EQ(*generation_before(folder_.path()), 5U);
}

TEST_F(history_test, a_crash_between_the_two_files_loses_nothing) {
  switch_to(1);
  switch_to(2);
  folder_.write("HISTORY", "1\n2\n");  // written for a switch to 3 that did not come
  EXPECT_EQ(*generation_before(folder_.path()), 1U);
  switch_to(4);
  EXPECT_EQ(history(), (numbers{1, 2}));
  EXPECT_EQ(*generation_before(folder_.path()), 2U);
}

TEST_F(history_test, a_switch_by_other_hands_is_noticed) {
  switch_to(1);
  folder_.write("CURRENT", "7\n");
  switch_to(8);
  EXPECT_EQ(*generation_before(folder_.path()), 7U);
}

TEST_F(history_test, a_list_that_is_none_is_refused_and_does_not_stop_a_load) {
  switch_to(1);
  for (const char* text :
       {"x\n", "1", "1\n1\n", "0\n", "1\n\n2\n", "-1\n", "99999999999\n", "1 2\n"}) {
    folder_.write("HISTORY", text);
    EXPECT_EQ(read_history(folder_.path()).error().code, store_error::corrupt) << text;
    EXPECT_EQ(generation_before(folder_.path()).error().code, store_error::corrupt) << text;
  }
  folder_.write("HISTORY", std::string(history_max * 11 + 1, '1'));
  EXPECT_FALSE(read_history(folder_.path()));
  switch_to(2);
  EXPECT_EQ(history(), numbers{1});
}

TEST_F(history_test, a_switch_mends_a_current_that_says_nothing) {
  for (const char* text : {"", "x\n", "0\n", "7", "99999999999999999\n"}) {
    folder_.write("CURRENT", text);
    folder_.write("HISTORY", "1\n2\n");
    switch_to(3);
    EXPECT_EQ(history(), (numbers{1, 2})) << text;
  }
}

TEST_F(history_test, a_switch_mends_both_files) {
  folder_.write("CURRENT", "x");
  folder_.write("HISTORY", "x");
  switch_to(3);
  EXPECT_EQ(history(), numbers{});
  switch_to(4);
  EXPECT_EQ(history(), numbers{3});
}

TEST_F(history_test, a_lost_current_loses_no_list) {
  folder_.write("HISTORY", "1\n2\n");
  switch_to(3);
  EXPECT_EQ(history(), (numbers{1, 2}));
}

TEST_F(history_test, keeps_the_latest_thousand) {
  std::string text;
  for (std::uint32_t i = 1; i <= history_max; ++i) {
    text += std::to_string(4'000'000'000U + i) + "\n";
  }
  folder_.write("HISTORY", text);
  folder_.write("CURRENT", "7\n");
  switch_to(8);
  EXPECT_EQ(history().size(), history_max);
  EXPECT_EQ(history().front(), 4'000'000'002U);
  EXPECT_EQ(history().back(), 7U);
}

}  // namespace
}  // namespace repute::store
