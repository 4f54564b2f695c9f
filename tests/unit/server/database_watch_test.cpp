// SPDX-License-Identifier: Apache-2.0
#include "control/database_watch.hpp"

#include <gtest/gtest.h>

#include <system_error>

#include "support/temporary_directory.hpp"

namespace repute::test {
namespace {

TEST(database_watch_test, sees_a_rename_over_current_and_a_copy_onto_it) {
  const temporary_directory directory;
  control::database_watch watch(directory.path());
  EXPECT_FALSE(watch.take_events().current);
  const auto fresh = directory.write("CURRENT.tmp", "1\n");
  EXPECT_FALSE(watch.take_events().current);
  std::filesystem::rename(fresh, directory.path() / "CURRENT");
  EXPECT_TRUE(watch.take_events().current);
  EXPECT_FALSE(watch.take_events().current);
  directory.write("CURRENT", "2\n");
  EXPECT_TRUE(watch.take_events().current);
}

TEST(database_watch_test, sees_current_among_thousands_of_others) {
  const temporary_directory directory;
  control::database_watch watch(directory.path());
  for (int i = 0; i < 2000; ++i) {
    directory.write("other" + std::to_string(i), "");
  }
  directory.write("CURRENT", "1\n");
  EXPECT_TRUE(watch.take_events().current);
}

TEST(database_watch_test, sees_access_come_and_change) {
  const temporary_directory directory;
  control::database_watch watch(directory.path());
  std::filesystem::create_directory(directory.path() / "fresh");
  std::filesystem::rename(directory.path() / "fresh", directory.path() / "access");
  auto seen = watch.take_events();
  EXPECT_TRUE(seen.access);
  EXPECT_FALSE(seen.current);
  EXPECT_FALSE(watch.take_events().access);
  directory.write("access/clients.toml", "");
  seen = watch.take_events();
  EXPECT_TRUE(seen.access);
  EXPECT_FALSE(seen.current);
  directory.write("access/CURRENT", "");
  EXPECT_FALSE(watch.take_events().current);
  std::filesystem::remove(directory.path() / "access/clients.toml");
  EXPECT_TRUE(watch.take_events().access);
}

TEST(database_watch_test, sees_access_made_in_place_and_filled) {
  const temporary_directory directory;
  control::database_watch watch(directory.path());
  std::filesystem::create_directory(directory.path() / "access");
  EXPECT_TRUE(watch.take_events().access);
  directory.write("access/master.keys", "");
  EXPECT_TRUE(watch.take_events().access);
  directory.write("access/clients.toml", "");
  EXPECT_TRUE(watch.take_events().access);
  EXPECT_FALSE(watch.take_events().access);
}

TEST(database_watch_test, sees_a_replaced_file_of_access_once) {
  const temporary_directory directory;
  std::filesystem::create_directory(directory.path() / "access");
  control::database_watch watch(directory.path());
  const auto fresh = directory.write("access/clients.toml.tmp", "");
  std::filesystem::permissions(fresh, std::filesystem::perms::owner_read);
  EXPECT_FALSE(watch.take_events().access);
  std::filesystem::rename(fresh, directory.path() / "access/clients.toml");
  EXPECT_TRUE(watch.take_events().access);
  EXPECT_FALSE(watch.take_events().access);
}

// By then nothing tells of the files; those who are told of the directory find them.
TEST(database_watch_test, sees_access_that_was_filled_before_anybody_looked) {
  const temporary_directory directory;
  control::database_watch watch(directory.path());
  std::filesystem::create_directory(directory.path() / "access");
  directory.write("access/clients.toml", "");
  EXPECT_TRUE(watch.take_events().access);
  directory.write("access/clients.toml", "changed");
  EXPECT_TRUE(watch.take_events().access);
}

TEST(database_watch_test, a_missing_directory_is_an_error) {
  const temporary_directory directory;
  EXPECT_THROW(control::database_watch(directory.path() / "none"), std::system_error);
}

}  // namespace
}  // namespace repute::test
