// SPDX-License-Identifier: Apache-2.0
// Who may stand for a snapshot, and the list of servers inside one.
#include <gtest/gtest.h>

#include "published_database.hpp"
#include "repute/seal/server_list.hpp"
#include "store/snapshot_signature.hpp"

namespace repute::store {
namespace {

namespace fs = std::filesystem;
using seal::signing_key;
using test::content_builder;

constexpr std::array modes{storage_mode::mmap, storage_mode::memory};

snapshot_content one_key(std::string server_list = {}) {
  content_builder builder;
  builder.add_key(kind::host, {1, 2, 3}, builder.verdict_of(test::listing(1)));
  builder.add_record(kind::host, {1, 2, 3}, 1, "row");
  builder.content().server_list = std::move(server_list);
  return std::move(builder.content());
}

class snapshot_signature : public testing::Test {
 protected:
  void publish(const manifest_signer& sign) {
    const auto lock = write_lock::acquire(database_.path());
    ASSERT_TRUE(lock);
    ASSERT_TRUE(publish_snapshot(database_.path(), one_key(), {}, sign));
  }
  void publish_signed() {
    publish([this](std::string_view text) { return sign_manifest(text, key_); });
  }
  [[nodiscard]] std::vector<seal::public_key> trusted() const {
    return {other_.public_half(), key_.public_half()};
  }
  void expect_refusal(store_error code, const std::string& says) const {
    for (const storage_mode mode : modes) {
      const auto opened = snapshot::open(database_.path(), 1, mode, trusted());
      ASSERT_FALSE(opened);
      EXPECT_EQ(opened.error().code, code);
      EXPECT_EQ(exit_code(opened.error().code), 65);
      EXPECT_NE(opened.error().message.find(says), std::string::npos) << opened.error().message;
      EXPECT_TRUE(snapshot::open(database_.path(), 1, mode)) << "nobody has to ask for signatures";
    }
  }

  test::temporary_directory database_;
  signing_key key_ = signing_key::generate();
  signing_key other_ = signing_key::generate();
  signing_key stranger_ = signing_key::generate();
};

TEST_F(snapshot_signature, by_any_trusted_key_opens_it) {
  publish_signed();
  for (const storage_mode mode : modes) {
    EXPECT_TRUE(snapshot::open(database_.path(), 1, mode, trusted()));
  }
  struct fs::file_status status = fs::status(signature_path(database_.path(), 1));
  EXPECT_EQ(static_cast<unsigned>(status.permissions()), 0444U);
}

TEST_F(snapshot_signature, is_missing_when_nobody_signs) {
  publish({});
  EXPECT_FALSE(fs::exists(signature_path(database_.path(), 1)));
  expect_refusal(store_error::untrusted, "not signed");
}

TEST_F(snapshot_signature, by_a_stranger_is_refused) {
  publish([this](std::string_view text) { return sign_manifest(text, stranger_); });
  expect_refusal(store_error::untrusted,
                 "signed by " + seal::to_string(stranger_.public_half()) + ", which is no trusted");
}

TEST_F(snapshot_signature, of_another_manifest_is_refused) {
  publish([this](std::string_view text) { return sign_manifest(std::string(text) + " ", key_); });
  expect_refusal(store_error::untrusted, "is not what " + seal::to_string(key_.public_half()));
}

// A signature over the bare bytes is one of something else: the domain line keeps them apart.
TEST_F(snapshot_signature, of_the_bare_manifest_is_refused) {
  publish([this](std::string_view text) {
    return seal::encode_signature_file({key_.public_half(), key_.sign(seal::bytes_of(text))});
  });
  expect_refusal(store_error::untrusted, "is not what");
}

TEST_F(snapshot_signature, that_is_none_is_refused) {
  publish([](std::string_view) { return "signed\n"; });
  expect_refusal(store_error::corrupt, "not a signature");
  test::published_database::overwrite(signature_path(database_.path(), 1), std::string(9999, 'x'));
  expect_refusal(store_error::corrupt, "larger than");
}

// The signature comes first: a stranger's manifest is not even read.
TEST_F(snapshot_signature, is_checked_before_the_manifest_is_read) {
  publish_signed();
  test::published_database::overwrite(manifest_path(database_.path(), 1), "rubbish\n");
  const auto opened = snapshot::open(database_.path(), 1, storage_mode::mmap, trusted());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, store_error::untrusted);
}

TEST_F(snapshot_signature, of_another_generation_is_refused) {
  publish_signed();
  publish_signed();
  for (const auto path : {snapshot_path, manifest_path, signature_path}) {
    fs::remove(path(database_.path(), 2));
    fs::copy(path(database_.path(), 1), path(database_.path(), 2));
  }
  const auto opened = snapshot::open(database_.path(), 2, storage_mode::mmap, trusted());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, store_error::corrupt);
}

TEST_F(snapshot_signature, can_be_made_after_publication_and_replaced) {
  publish({});
  const auto current_before = fs::last_write_time(database_.path() / "CURRENT");
  ASSERT_TRUE(sign_snapshot(database_.path(), 1, stranger_));
  expect_refusal(store_error::untrusted, "no trusted key");
  ASSERT_TRUE(sign_snapshot(database_.path(), 1, key_));
  EXPECT_TRUE(snapshot::open(database_.path(), 1, storage_mode::mmap, trusted()));
  EXPECT_GT(fs::last_write_time(database_.path() / "CURRENT"), current_before) << "servers look";
}

TEST_F(snapshot_signature, is_not_made_for_a_damaged_snapshot) {
  publish({});
  const fs::path file = snapshot_path(database_.path(), 1);
  std::string bytes = test::read_file(file);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  test::published_database::overwrite(file, bytes);
  const auto done = sign_snapshot(database_.path(), 1, key_);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, store_error::corrupt);
  EXPECT_FALSE(fs::exists(signature_path(database_.path(), 1)));
  const auto none = sign_snapshot(database_.path(), 9, key_);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, store_error::not_found);
}

std::string list_of(std::uint32_t version, std::size_t servers) {
  seal::server_list list{.version = version, .data_epoch = 7, .servers = {}};
  for (std::size_t i = 0; i < servers; ++i) {
    list.servers.push_back({"server-" + std::to_string(i), 7060, 0});
  }
  return seal::sign_server_list(list, signing_key::generate()).value();
}

std::string_view text_of(byte_view bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(server_list_part, is_in_the_view_and_not_in_the_content_digest) {
  const std::string document = list_of(5, 1000);
  test::published_database with(one_key(document));
  const test::published_database without(one_key());
  EXPECT_EQ(with.made().content_digest, without.made().content_digest);
  for (const storage_mode mode : modes) {
    const auto opened = snapshot::open(with.path(), 1, mode);
    ASSERT_TRUE(opened);
    EXPECT_EQ(text_of((*opened)->view().server_list), document);
    EXPECT_EQ((*opened)->view().server_list_version, 5U);
    const auto plain = snapshot::open(without.path(), 1, mode);
    ASSERT_TRUE(plain);
    EXPECT_TRUE((*plain)->view().server_list.empty());
  }
}

TEST(server_list_part, that_is_no_list_is_never_published) {
  const test::temporary_directory folder;
  const auto lock = write_lock::acquire(folder.path());
  ASSERT_TRUE(lock);
  const auto done = publish_snapshot(folder.path(), one_key("repute servers 1\n"));
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("list of servers"), std::string::npos);
  EXPECT_FALSE(read_current(folder.path()));
}

}  // namespace
}  // namespace repute::store
