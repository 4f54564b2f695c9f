// SPDX-License-Identifier: Apache-2.0
// Publication: one writer, numbers used once, nothing changed by a failure.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "published_database.hpp"
#include "store/snapshot_reader.hpp"

namespace repute::store {
namespace {

namespace fs = std::filesystem;
using test::content_builder;
using test::published_database;

snapshot_content one_key(std::int16_t score) {
  content_builder builder;
  builder.add_key(kind::host, {1, 2, 3}, builder.verdict_of(test::listing(score)));
  builder.add_record(kind::host, {1, 2, 3}, 1, "row");
  return std::move(builder.content());
}

snapshot_content duplicate_key() {
  snapshot_content content = one_key(1);
  content.keys.push_back(content.keys.front());
  return content;
}

TEST(publication, generations_ascend_and_current_follows) {
  published_database database(one_key(1));
  EXPECT_EQ(database.made().generation, 1U);
  database.publish(one_key(2));
  EXPECT_EQ(database.made().generation, 2U);
  EXPECT_EQ(*read_current(database.path()), 2U);
  EXPECT_TRUE(fs::exists(snapshot_path(database.path(), 1))) << "old snapshots stay";
}

TEST(publication, a_generation_is_never_given_again) {
  published_database database(one_key(1));
  database.publish(one_key(2));
  database.publish(one_key(3));
  fs::remove(snapshot_path(database.path(), 3));
  fs::remove(manifest_path(database.path(), 3));
  database.publish(one_key(4));
  EXPECT_EQ(database.made().generation, 4U);
  fs::remove(database.path() / "snapshots" / "LAST");
  database.publish(one_key(5));
  EXPECT_EQ(database.made().generation, 5U) << "the files tell what LAST forgot";
}

TEST(publication, a_generation_that_a_killed_writer_took_is_used_up) {
  published_database database(one_key(1));
  database.overwrite(database.path() / "snapshots" / "LAST", "41\n");
  database.publish(one_key(2));
  EXPECT_EQ(database.made().generation, 42U);
  EXPECT_EQ(test::read_file(database.path() / "snapshots" / "LAST"), "42\n");
}

// With LAST unreadable nobody knows which numbers were given: better no load than a number twice.
TEST(publication, a_broken_last_is_an_error) {
  for (const char* bad : {"", "x\n", "4294967296\n", "4294967295\n", "-1\n", "7"}) {
    published_database database(one_key(1));
    database.overwrite(database.path() / "snapshots" / "LAST", bad);
    const auto lock = write_lock::acquire(database.path());
    ASSERT_TRUE(lock);
    const auto done = publish_snapshot(database.path(), one_key(2));
    EXPECT_FALSE(done) << bad;
    EXPECT_EQ(*read_current(database.path()), 1U);
  }
}

TEST(publication, a_second_writer_is_told_busy) {
  const test::temporary_directory folder;
  {
    const auto first = write_lock::acquire(folder.path());
    ASSERT_TRUE(first);
    const auto second = write_lock::acquire(folder.path());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, store_error::busy);
    EXPECT_EQ(exit_code(second.error().code), 75);
  }
  EXPECT_TRUE(write_lock::acquire(folder.path())) << "the lock ends with its owner";
}

TEST(publication, a_lock_that_was_moved_is_still_one_lock) {
  const test::temporary_directory folder;
  auto first = write_lock::acquire(folder.path());
  ASSERT_TRUE(first);
  const write_lock moved = std::move(*first);
  EXPECT_FALSE(write_lock::acquire(folder.path()));
}

TEST(publication, a_writer_removes_what_a_killed_one_left) {
  published_database database(one_key(1));
  const fs::path snapshots = database.path() / "snapshots";
  database.overwrite(snapshots / "next.mdb.tmp", "half");
  database.overwrite(snapshots / "LAST.tmp", "9");
  const std::string kept = test::read_file(database.snapshot_file());
  ASSERT_TRUE(write_lock::acquire(database.path()));
  EXPECT_FALSE(fs::exists(snapshots / "next.mdb.tmp"));
  EXPECT_FALSE(fs::exists(snapshots / "LAST.tmp"));
  EXPECT_EQ(test::read_file(database.snapshot_file()), kept);
}

// What the database held before a failed publication.
class publication_failure : public testing::Test {
 protected:
  publication_failure()
      : database_(one_key(1)), before_(test::read_file(database_.snapshot_file())) {}

  void expect_failure(snapshot_content content, store_error code) {
    {
      const auto lock = write_lock::acquire(database_.path());
      ASSERT_TRUE(lock);
      const auto done = publish_snapshot(database_.path(), std::move(content));
      ASSERT_FALSE(done);
      EXPECT_EQ(done.error().code, code) << done.error().message;
      EXPECT_FALSE(done.error().message.empty());
    }
    EXPECT_EQ(*read_current(database_.path()), 1U);
    EXPECT_EQ(test::read_file(database_.snapshot_file()), before_);
    EXPECT_TRUE(snapshot::open(database_.path(), 1, storage_mode::mmap));
  }
  void expect_recovery(std::uint32_t generation) {
    database_.publish(one_key(2));
    EXPECT_EQ(database_.made().generation, generation);
    EXPECT_EQ(*read_current(database_.path()), generation);
  }
  // A folder where a file is to be written: fails for every user, root too.
  void block(const fs::path& name) { fs::create_directories(database_.path() / name / "x"); }
  void unblock(const fs::path& name) { fs::remove_all(database_.path() / name); }

  published_database database_;
  std::string before_;
};

TEST_F(publication_failure, of_rows_changes_nothing_and_uses_up_no_number) {
  expect_failure(duplicate_key(), store_error::bad_rows);
  expect_recovery(2);
}

// Every write beyond the limit fails, as on a full disk.
class file_size_limit {
 public:
  explicit file_size_limit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~file_size_limit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  file_size_limit(const file_size_limit&) = delete;
  file_size_limit& operator=(const file_size_limit&) = delete;

 private:
  rlimit before_{};
};

TEST_F(publication_failure, to_write_the_file_changes_nothing) {
  for (const rlim_t bytes : {rlim_t{16}, rlim_t{8192}, rlim_t{40000}}) {
    const file_size_limit limit(bytes);
    expect_failure(one_key(2), store_error::io);
    EXPECT_FALSE(fs::exists(manifest_path(database_.path(), 2)));
    EXPECT_FALSE(fs::exists(snapshot_path(database_.path(), 2)));
    EXPECT_FALSE(fs::exists(database_.path() / "snapshots" / "next.mdb.tmp"));
  }
  expect_recovery(3);  // the largest of the three was late enough to take a number
}

TEST_F(publication_failure, to_switch_leaves_a_whole_snapshot_beside_the_old_one) {
  block("CURRENT.tmp");
  expect_failure(one_key(2), store_error::io);
  EXPECT_TRUE(snapshot::open(database_.path(), 2, storage_mode::memory));
  unblock("CURRENT.tmp");
  expect_recovery(3);
}

TEST_F(publication_failure, to_take_a_number_changes_nothing) {
  block("snapshots/LAST.tmp");
  expect_failure(one_key(2), store_error::io);
  unblock("snapshots/LAST.tmp");
  expect_recovery(2);
}

TEST(publication, where_no_folder_can_be_is_an_error) {
  const test::temporary_directory folder;
  folder.write("file", "");
  const auto lock = write_lock::acquire(folder.path() / "file" / "db");
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().code, store_error::not_found);
}

TEST(store_errors, have_the_exit_codes_of_their_words) {
  EXPECT_EQ(exit_code(store_error::not_found), 66);
  EXPECT_EQ(exit_code(store_error::io), 74);
  EXPECT_EQ(exit_code(store_error::corrupt), 65);
  EXPECT_EQ(exit_code(store_error::wrong_version), 65);
  EXPECT_EQ(exit_code(store_error::foreign_salt), 65);
  EXPECT_EQ(exit_code(store_error::permission), 77);
  EXPECT_EQ(exit_code(store_error::busy), 75);
  EXPECT_EQ(exit_code(store_error::bad_rows), 65);
}

}  // namespace
}  // namespace repute::store
