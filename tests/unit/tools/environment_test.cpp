// SPDX-License-Identifier: Apache-2.0
#include "environment.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace repute::tool {
namespace {

using servers = std::vector<std::string>;

class Environment : public ::testing::Test {
 protected:
  Environment() {
    ::unsetenv("REPUTE_SERVER");
    ::unsetenv("REPUTE_DB");
    std::string pattern = (std::filesystem::temp_directory_path() / "repute-test-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  ~Environment() override { std::filesystem::remove_all(directory_); }

  std::filesystem::path directory_;
};

TEST_F(Environment, ServersComeFromOptionsThenTheEnvironmentThenLoopback) {
  connection_options options;
  EXPECT_EQ(servers_of(options), servers{"127.0.0.1:7060"});
  ::setenv("REPUTE_SERVER", "192.0.2.1, 192.0.2.2:53", 1);
  EXPECT_EQ(servers_of(options), (servers{"192.0.2.1", "192.0.2.2:53"}));
  options.servers = {"a", "b,c"};
  EXPECT_EQ(servers_of(options), (servers{"a", "b", "c"}));
}

TEST_F(Environment, TheSaltIsTheOptionThenTheDatabaseThenPublic) {
  connection_options options;
  std::string problem;
  int exit_code = 0;
  EXPECT_TRUE(salt_of(options, problem, exit_code)->is_public());
  ::setenv("REPUTE_DB", directory_.c_str(), 1);
  EXPECT_TRUE(salt_of(options, problem, exit_code)->is_public());
  std::ofstream(directory_ / "salt") << std::string(64, '1') << '\n';
  EXPECT_EQ(salt_of(options, problem, exit_code)->bytes[0], 0x11);
  std::ofstream(directory_ / "other") << std::string(64, '2') << '\n';
  options.salt_file = (directory_ / "other").string();
  EXPECT_EQ(salt_of(options, problem, exit_code)->bytes[0], 0x22);
}

TEST_F(Environment, ASaltThatCannotBeReadIsNeverThePublicOne) {
  connection_options options;
  std::string problem;
  int exit_code = 0;
  options.salt_file = (directory_ / "none").string();
  EXPECT_EQ(salt_of(options, problem, exit_code), std::nullopt);
  EXPECT_NE(problem.find("none"), problem.npos);
  ::setenv("REPUTE_DB", directory_.c_str(), 1);
  std::ofstream(directory_ / "salt") << "not a salt\n";
  EXPECT_EQ(salt_of({}, problem, exit_code), std::nullopt);
}

}  // namespace
}  // namespace repute::tool
