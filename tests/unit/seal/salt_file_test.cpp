// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "repute/seal/digest.hpp"
#include "repute/seal/fingerprint.hpp"

namespace repute::seal {
namespace {

class salt_file : public testing::Test {
 protected:
  salt_file() {
    std::string pattern = (std::filesystem::temp_directory_path() / "repute-salt-XXXXXX").string();
    const char* made = ::mkdtemp(pattern.data());
    if (made == nullptr) {
      throw std::runtime_error("no temporary directory");
    }
    directory_ = made;
    path_ = (directory_ / "salt").string();
  }
  ~salt_file() override { std::filesystem::remove_all(directory_); }

  std::optional<deployment_salt> read(const std::string& content) {
    std::ofstream(path_, std::ios::binary) << content;
    problem_.clear();
    return read_salt_file(path_, problem_);
  }

  std::filesystem::path directory_;
  std::string path_;
  std::string problem_;
};

const std::string digits = "00112233445566778899aAbBcCdDeEfF00112233445566778899aabbccddeeff";

TEST_F(salt_file, reads_64_digits_with_or_without_a_newline) {
  for (const std::string& content : {digits, digits + "\n"}) {
    const auto salt = read(content);
    ASSERT_TRUE(salt) << problem_;
    EXPECT_EQ(to_hex(salt->bytes).substr(0, 32), "00112233445566778899aabbccddeeff");
    EXPECT_TRUE(problem_.empty());
  }
}

TEST_F(salt_file, refuses_everything_else_and_shows_no_byte_of_it) {
  const std::string odd = "qz" + digits.substr(2);
  for (const std::string& content :
       {std::string(), std::string("\n"), digits.substr(1), digits + "\r\n", digits + "\n\n",
        digits + "0", digits + digits, " " + digits, odd, digits.substr(0, 63) + "\n"}) {
    EXPECT_FALSE(read(content)) << content;
    EXPECT_NE(problem_.find(path_), std::string::npos) << problem_;
    EXPECT_EQ(problem_.find("2233"), std::string::npos) << problem_;
    EXPECT_EQ(problem_.find("qz"), std::string::npos) << problem_;
  }
}

TEST_F(salt_file, names_a_file_that_cannot_be_read) {
  EXPECT_FALSE(read_salt_file(path_, problem_));
  EXPECT_NE(problem_.find(path_ + ": cannot be read: No such file"), std::string::npos) << problem_;
  EXPECT_FALSE(read_salt_file(directory_.string(), problem_));
  EXPECT_NE(problem_.find("cannot be read"), std::string::npos) << problem_;
}

}  // namespace
}  // namespace repute::seal
