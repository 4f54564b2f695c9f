// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/credentials.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/temporary_directory.hpp"
#include "unit/seal/sealed_vectors.hpp"

namespace repute::seal {
namespace {

using test::sealed_rows;
using test::text_of;

TEST(credentials, vectors_read_back) {
  for (const auto& row : sealed_rows("credentials")) {
    std::string problem;
    const auto read = parse_credentials(text_of(row.at(1)), problem);
    ASSERT_TRUE(read) << problem;
    EXPECT_EQ(encode_credentials(*read).view(), text_of(row.at(1)));
    EXPECT_EQ(read->client_id, 257u);
    EXPECT_EQ(read->slot, 3);
    EXPECT_EQ(read->name, "mx1.example");
  }
}

TEST(credentials, are_those_that_the_master_key_gives) {
  std::string problem;
  const auto master = parse_master_keys(text_of(sealed_rows("master").at(0).at(1)), problem);
  ASSERT_TRUE(master) << problem;
  const auto read = parse_credentials(text_of(sealed_rows("credentials").at(0).at(1)), problem);
  ASSERT_TRUE(read) << problem;
  EXPECT_EQ(master->newest(), 3);
  const client_keys made = derive_client_keys(*master->slots[3], read->client_id);
  EXPECT_TRUE(made.psk == read->keys.psk);
  EXPECT_TRUE(made.mac == read->keys.mac);
}

TEST(credentials, bad_texts_are_refused) {
  for (const auto& row : sealed_rows("credentials_bad")) {
    std::string problem;
    EXPECT_FALSE(parse_credentials(text_of(row.at(2)), problem)) << row.at(1);
    EXPECT_FALSE(problem.empty());
  }
}

TEST(master_keys, vectors_read_back) {
  for (const auto& row : sealed_rows("master")) {
    std::string problem;
    const auto read = parse_master_keys(text_of(row.at(1)), problem);
    ASSERT_TRUE(read) << problem;
    EXPECT_EQ(encode_master_keys(*read).view(), text_of(row.at(1)));
  }
  EXPECT_FALSE(master_keys{}.newest());
}

TEST(master_keys, bad_texts_are_refused) {
  for (const auto& row : sealed_rows("master_bad")) {
    std::string problem;
    EXPECT_FALSE(parse_master_keys(text_of(row.at(2)), problem)) << row.at(1);
    EXPECT_FALSE(problem.empty());
  }
}

TEST(master_keys, every_changed_byte_is_refused_and_none_is_shown) {
  const std::string good = text_of(sealed_rows("master").at(0).at(1));
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    std::string problem;
    EXPECT_FALSE(parse_master_keys(bad, problem)) << i;
    EXPECT_EQ(problem.find("0001"), std::string::npos);
  }
}

TEST(sealed_mode_page, shows_the_vectors) {
  const std::string page = test::read_file(REPUTE_SCHEMA_DIR "/sealed_mode.md");
  EXPECT_NE(page.find(text_of(sealed_rows("master").at(0).at(1))), std::string::npos);
  EXPECT_NE(page.find(text_of(sealed_rows("credentials").at(0).at(1))), std::string::npos);
}

class key_files : public testing::Test {
 protected:
  static master_keys two_slots() {
    std::string problem;
    return *parse_master_keys(text_of(sealed_rows("master").at(0).at(1)), problem);
  }
  test::temporary_directory folder_;
  std::string path_ = (folder_.path() / "master.keys").string();
};

TEST_F(key_files, are_their_owners_alone_and_are_replaced_wholly) {
  ASSERT_EQ(write_master_keys(path_, two_slots()).index(), 0u);
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
  EXPECT_EQ(std::get<secret_file_failure>(write_master_keys(path_, two_slots())).code,
            secret_file_error::exists);
  master_keys one = two_slots();
  one.slots[3].reset();
  ASSERT_EQ(replace_master_keys(path_, one).index(), 0u);
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
  EXPECT_EQ(std::get<master_keys>(read_master_keys(path_)).newest(), 0);
}

TEST_F(key_files, that_others_may_read_are_refused) {
  ASSERT_EQ(write_master_keys(path_, two_slots()).index(), 0u);
  ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
  EXPECT_EQ(std::get<secret_file_failure>(read_master_keys(path_)).code,
            secret_file_error::exposed);
}

TEST_F(key_files, that_are_too_long_or_missing_are_refused) {
  EXPECT_EQ(std::get<secret_file_failure>(read_credentials(path_)).code,
            secret_file_error::unreadable);
  folder_.write("master.keys", std::string(1 << 20, 'x'));
  ASSERT_EQ(::chmod(path_.c_str(), 0600), 0);
  EXPECT_EQ(std::get<secret_file_failure>(read_credentials(path_)).code,
            secret_file_error::malformed);
}

}  // namespace
}  // namespace repute::seal
