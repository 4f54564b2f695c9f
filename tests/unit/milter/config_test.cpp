// SPDX-License-Identifier: Apache-2.0
#include "config.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "service.hpp"
#include "support/temporary_directory.hpp"

namespace repute::milter {
namespace {

using lines = std::vector<std::string>;

lines problems_of(std::string_view text, config* out = nullptr) {
  lines problems;
  const config read = read_config(text, "m", problems);
  if (out != nullptr) {
    *out = read;
  }
  return problems;
}

TEST(MilterConfig, TheFileWithEverySettingSaysTheDefault) {
  std::ifstream file(REPUTE_SOURCE_DIR "/deploy/repute-milter.toml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  ASSERT_FALSE(text.empty());
  config read;
  EXPECT_EQ(problems_of(text, &read), lines{});
  const config fresh;
  EXPECT_EQ(read.socket, fresh.socket);
  EXPECT_EQ(read.servers, fresh.servers);
  EXPECT_EQ(read.deadline_ms, fresh.deadline_ms);
  EXPECT_EQ(read.plain, fresh.plain);
  EXPECT_EQ(read.message_bytes, fresh.message_bytes);
  EXPECT_EQ(read.memory_bytes, fresh.memory_bytes);
  EXPECT_EQ(read.concurrency, fresh.concurrency);
  EXPECT_EQ(read.actions, fresh.actions);
  for (const char* name : {"credentials", "salt", "policy", "psl"}) {
    EXPECT_NE(text.find("\n# " + std::string(name) + " = "), text.npos) << name;
  }
}

TEST(MilterConfig, EverythingCanBeSaid) {
  config read;
  EXPECT_EQ(problems_of("socket = \"unix:/run/m\"\nservers = [\"a\", \"b:1\"]\ndeadline_ms = 1\n"
                        "credentials = \"c\"\nplain = true\nsalt = \"s\"\npolicy = \"p\"\n"
                        "psl = \"l\"\nmessage_bytes = 65536\nmemory_bytes = 1048576\n"
                        "concurrency = 1\n[actions]\nspam = \"reject\"\n"
                        "probable_spam = \"quarantine\"\nformal = \"tag\"\n"
                        "blacklisted = \"reject\"\n",
                        &read),
            lines{});
  EXPECT_EQ(read.socket, "unix:/run/m");
  EXPECT_EQ(read.servers, (lines{"a", "b:1"}));
  EXPECT_EQ(read.credentials + read.salt + read.policy + read.psl, "cspl");
  EXPECT_TRUE(read.plain);
  EXPECT_EQ(read.message_bytes, 65536u);
  using enum mail::message_status;
  EXPECT_EQ(read.actions[static_cast<std::size_t>(spam)], action::reject);
  EXPECT_EQ(read.actions[static_cast<std::size_t>(probable_spam)], action::quarantine);
  EXPECT_EQ(read.actions[static_cast<std::size_t>(not_detected)], action::tag);
}

TEST(MilterConfig, EveryMistakeIsNamedWithItsPlace) {
  EXPECT_EQ(problems_of("sockets = 1\nsocket = \"127.0.0.1:25\"\nservers = []\nconcurrency = 0\n"
                        "policy = \"\"\n[actions]\nspam = \"delete\"\ntrusted = \"reject\"\n"),
            (lines{"m:1:1: unknown setting 'sockets'", "m:1:1: servers must name at least one",
                   "m:2:10: socket: '127.0.0.1:25' is not inet:PORT@ADDRESS, inet6:PORT@ADDRESS or "
                   "unix:FILE",
                   "m:4:15: concurrency must be a whole number from 1 to 10000",
                   "m:5:10: policy: must name a file",
                   "m:7:8: spam: 'delete' is not one of tag, quarantine, reject",
                   "m:8:1: unknown setting 'trusted'"}));
}

TEST(MilterSettings, FilesThatAConfigurationNamesAreReadWithIt) {
  const test::temporary_directory directory;
  const auto policy = directory.write("p.toml", "[thresholds]\nspam = 0\n");
  const auto file = directory.write(
      "m.toml", "policy = \"" + policy.string() + "\"\nsalt = \"/nowhere/salt\"\nplain = 1\n");
  lines problems;
  EXPECT_FALSE(read_settings(file.string(), problems));
  ASSERT_EQ(problems.size(), 3u);
  EXPECT_EQ(problems[0], file.string() + ":3:9: plain must be true or false");
  EXPECT_EQ(problems[1], policy.string() + ":2:8: spam must be a whole number from 1 to 100");
  EXPECT_NE(problems[2].find("/nowhere/salt"), std::string::npos);

  problems.clear();
  EXPECT_FALSE(read_settings((directory.path() / "none").string(), problems));
  EXPECT_EQ(problems.size(), 1u);
  problems.clear();
  const auto psl = directory.write("psl.toml", "psl = \"/nowhere/list\"\n");
  EXPECT_FALSE(read_settings(psl.string(), problems));
  EXPECT_EQ(problems.size(), 1u);

  problems.clear();
  const auto phrases =
      directory.write("c.toml", "[text_signature]\ncommon_phrases = \"/nowhere/phrases\"\n");
  const auto with_phrases = directory.write("cm.toml", "policy = \"" + phrases.string() + "\"\n");
  EXPECT_FALSE(read_settings(with_phrases.string(), problems));
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_NE(problems[0].find("/nowhere/phrases"), std::string::npos);

  problems.clear();
  const auto defaults = read_settings("", problems);
  ASSERT_TRUE(defaults);
  EXPECT_TRUE(defaults->salt.is_public());
  EXPECT_EQ(defaults->examine->policy().extraction.limits.message_bytes, config{}.message_bytes);
}

}  // namespace
}  // namespace repute::milter
