// SPDX-License-Identifier: Apache-2.0
#include "control/current_watch.hpp"

#include <gtest/gtest.h>

#include <system_error>

#include "support/temporary_directory.hpp"

namespace repute::test {
namespace {

TEST(current_watch_test, sees_a_rename_over_current_and_a_copy_onto_it) {
  const temporary_directory directory;
  control::current_watch watch(directory.path());
  EXPECT_FALSE(watch.take_events());
  const auto fresh = directory.write("CURRENT.tmp", "1\n");
  EXPECT_FALSE(watch.take_events());
  std::filesystem::rename(fresh, directory.path() / "CURRENT");
  EXPECT_TRUE(watch.take_events());
  EXPECT_FALSE(watch.take_events());
  directory.write("CURRENT", "2\n");
  EXPECT_TRUE(watch.take_events());
}

TEST(current_watch_test, sees_current_among_thousands_of_others) {
  const temporary_directory directory;
  control::current_watch watch(directory.path());
  for (int i = 0; i < 2000; ++i) {
    directory.write("other" + std::to_string(i), "");
  }
  directory.write("CURRENT", "1\n");
  EXPECT_TRUE(watch.take_events());
}

TEST(current_watch_test, a_missing_directory_is_an_error) {
  const temporary_directory directory;
  EXPECT_THROW(control::current_watch(directory.path() / "none"), std::system_error);
}

}  // namespace
}  // namespace repute::test
