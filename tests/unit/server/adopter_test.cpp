// SPDX-License-Identifier: Apache-2.0
#include "control/adopter.hpp"

#include <gtest/gtest.h>

#include "control/demo.hpp"
#include "control/report.hpp"
#include "repute/schema/test_points.hpp"
#include "store/snapshot_signature.hpp"
#include "support/temporary_directory.hpp"
#include "unit/server/one_key_database.hpp"

namespace repute::test {
namespace {

using control::adopter;
using control::adoption;
using store::storage_mode;
using store::store_error;

class adopter_test : public ::testing::Test {
 protected:
  adoption adopt() { return under_test.adopt(); }

  temporary_directory directory;
  store::serving_slot slot{1};
  std::unique_ptr<store::serving_store> live = open_live(directory.path(), slot);
  adopter under_test{directory.path(), storage_mode::mmap, *live};
};

TEST_F(adopter_test, without_current_there_is_nothing) {
  const adoption outcome = adopt();
  ASSERT_TRUE(outcome.refusal);
  EXPECT_EQ(outcome.refusal->code, store_error::not_found);
  EXPECT_FALSE(outcome.in_force);
  EXPECT_EQ(slot.pin(0), nullptr);
}

TEST_F(adopter_test, adopts_once_and_again_when_current_moves) {
  EXPECT_EQ(publish_one_key(directory.path(), 1), 1u);
  EXPECT_TRUE(adopt().changed);
  EXPECT_FALSE(adopt().changed);
  EXPECT_EQ(publish_one_key(directory.path(), 2), 2u);
  const adoption second = adopt();
  EXPECT_TRUE(second.changed);
  EXPECT_EQ(second.in_force->generation, 2u);
  EXPECT_EQ(under_test.reclaim(), 0u);
  // A rollback is a switch like any other.
  directory.write("CURRENT", "1\n");
  EXPECT_EQ(adopt().in_force->generation, 1u);
  EXPECT_EQ(slot.pin(0)->view().info.generation, 1u);
}

TEST_F(adopter_test, adopts_only_what_a_trusted_key_signed) {
  const seal::signing_key trusted = seal::signing_key::generate();
  const seal::signing_key stranger = seal::signing_key::generate();
  adopter strict{directory.path(), storage_mode::mmap, *live, {trusted.public_half()}};
  publish_one_key(directory.path(), 1);
  EXPECT_EQ(strict.adopt().refusal->code, store_error::untrusted);
  ASSERT_TRUE(store::sign_snapshot(directory.path(), 1, trusted));
  ASSERT_TRUE(strict.adopt().changed);
  publish_one_key(directory.path(), 2);
  ASSERT_TRUE(store::sign_snapshot(directory.path(), 2, stranger));
  const adoption second = strict.adopt();
  EXPECT_EQ(second.refusal->code, store_error::untrusted);
  EXPECT_EQ(second.in_force->generation, 1u);
  EXPECT_EQ(slot.pin(0)->view().info.generation, 1u);
  ASSERT_TRUE(store::sign_snapshot(directory.path(), 2, trusted));
  EXPECT_EQ(strict.adopt().in_force->generation, 2u);
}

TEST_F(adopter_test, what_was_in_force_stays_when_the_next_is_bad) {
  publish_one_key(directory.path(), 1);
  ASSERT_TRUE(adopt().changed);
  publish_one_key(directory.path(), 2);
  const auto path = store::snapshot_path(directory.path(), 2);
  std::filesystem::permissions(path, std::filesystem::perms::owner_write,
                               std::filesystem::perm_options::add);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-100, std::ios::end);
  file.put('\x5a');
  file.close();
  const adoption outcome = adopt();
  ASSERT_TRUE(outcome.refusal);
  EXPECT_EQ(outcome.refusal->code, store_error::corrupt);
  EXPECT_NE(outcome.refusal->message.find(path.filename().string()), std::string::npos);
  EXPECT_FALSE(outcome.changed);
  EXPECT_EQ(outcome.in_force->generation, 1u);
  EXPECT_EQ(slot.pin(0)->view().info.generation, 1u);
  EXPECT_NE(control::adoption_json(outcome).find("\"generation\":1}"), std::string::npos);
}

TEST_F(adopter_test, a_missing_file_and_a_broken_current_are_refused) {
  directory.write("CURRENT", "7\n");
  ASSERT_TRUE(adopt().refusal);
  directory.write("CURRENT", "seven\n");
  EXPECT_EQ(adopt().refusal->code, store_error::corrupt);
}

TEST_F(adopter_test, another_salt_is_refused) {
  publish_one_key(directory.path(), 1);
  directory.write("salt", std::string(64, 'a') + "\n");
  EXPECT_EQ(adopt().refusal->code, store_error::foreign_salt);
  directory.write("salt", "not a salt");
  EXPECT_EQ(adopt().refusal->code, store_error::io);
}

TEST(demo_database_test, answers_every_test_point_and_leaves_nothing) {
  std::filesystem::path path;
  {
    const control::demo_database demo;
    path = demo.path();
    store::serving_slot slot(1);
    const auto live = open_live(path, slot);
    adopter from(path, storage_mode::memory, *live);
    const adoption outcome = from.adopt();
    ASSERT_FALSE(outcome.refusal) << outcome.refusal->message;
    const store::snapshot_view& view = slot.pin(0)->view();
    seal::fingerprinter fingerprint{seal::deployment_salt{}};
    for (const test_point& point : test_points()) {
      const key asked = fingerprint.make_key({point.kind, canonical_of(point)});
      const store::probe probe = view.make_probe(point.kind, asked.bytes().data());
      answer got;
      view.lookup({&probe, 1}, 1'700'000'000, {&got, 1});
      EXPECT_EQ(got.verdict, point.hit_verdict) << point.text;
      EXPECT_EQ(got.status, point.always_hit() ? status::listed : status::not_listed);
    }
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace repute::test
