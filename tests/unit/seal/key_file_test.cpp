// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/key_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/temporary_directory.hpp"

namespace repute::seal {
namespace {

class key_file : public testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name = "key") const {
    return (folder_.path() / name).string();
  }
  void write_key() { ASSERT_EQ(write_key_file(path(), key_).index(), 0U); }

  void expect_failure(secret_file_error code, int exits, const std::string& says) const {
    const auto read = read_key_file(path());
    const auto* failed = std::get_if<secret_file_failure>(&read);
    ASSERT_NE(failed, nullptr);
    EXPECT_EQ(failed->code, code);
    EXPECT_EQ(exit_code(failed->code), exits);
    EXPECT_NE(failed->message.find(path()), std::string::npos) << failed->message;
    EXPECT_NE(failed->message.find(says), std::string::npos) << failed->message;
  }

  test::temporary_directory folder_;
  signing_key key_ = signing_key::generate();
};

TEST_F(key_file, is_its_owners_alone_and_reads_back) {
  write_key();
  struct stat status {};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  const auto read = read_key_file(path());
  ASSERT_TRUE(std::holds_alternative<signing_key>(read));
  EXPECT_EQ(std::get<signing_key>(read).public_half(), key_.public_half());
}

TEST_F(key_file, is_never_overwritten) {
  write_key();
  const std::string before = test::read_file(path());
  const auto again = write_key_file(path(), signing_key::generate());
  ASSERT_TRUE(std::holds_alternative<secret_file_failure>(again));
  EXPECT_EQ(std::get<secret_file_failure>(again).code, secret_file_error::exists);
  EXPECT_EQ(exit_code(secret_file_error::exists), 73);
  EXPECT_EQ(test::read_file(path()), before);
}

TEST_F(key_file, that_cannot_be_made_is_an_error) {
  const auto made = write_key_file(path("none/key"), key_);
  ASSERT_TRUE(std::holds_alternative<secret_file_failure>(made));
  EXPECT_EQ(exit_code(std::get<secret_file_failure>(made).code), 73);
}

TEST_F(key_file, that_others_may_read_or_write_is_refused) {
  write_key();
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0610U}) {
    ASSERT_EQ(::chmod(path().c_str(), mode), 0);
    expect_failure(secret_file_error::exposed, 77, "others than its owner");
  }
}

TEST_F(key_file, that_is_missing_or_no_key_is_refused) {
  expect_failure(secret_file_error::unreadable, 66, "No such file");
  const std::string good(secret_text(key_).view());
  for (const std::string& bad :
       {std::string(), good.substr(1), good + "\n", std::string(1 << 20, 'x')}) {
    folder_.write("key", bad);
    ASSERT_EQ(::chmod(path().c_str(), 0600), 0);
    expect_failure(secret_file_error::malformed, 65, "not a ");
  }
  std::string damaged = good;
  damaged[30] = damaged[30] == '0' ? '1' : '0';
  folder_.write("key", damaged);
  expect_failure(secret_file_error::malformed, 65, "damaged");
}

}  // namespace
}  // namespace repute::seal
