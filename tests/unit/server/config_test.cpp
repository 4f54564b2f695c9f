// SPDX-License-Identifier: Apache-2.0
#include "control/config.hpp"

#include <gtest/gtest.h>

#include "support/temporary_directory.hpp"

namespace repute::test {
namespace {

using control::config;

class config_test : public ::testing::Test {
 protected:
  // All problems as they are printed, without the directory.
  std::vector<std::string> read(std::string_view text) {
    const auto path = directory.write("r.toml", text);
    std::vector<std::string> out;
    for (const auto& problem : control::read_config_file(path, result)) {
      out.push_back(control::to_string("r.toml", problem));
    }
    return out;
  }

  temporary_directory directory;
  config result;
};

using lines = std::vector<std::string>;

TEST_F(config_test, trusted_keys_are_public_keys) {
  const std::string key = "ed25519:" + std::string(64, 'a');
  EXPECT_EQ(read("trusted_keys = [\"" + key + "\", \"" + key + "\"]\n"), lines{});
  ASSERT_EQ(result.trusted_keys.size(), 2u);
  EXPECT_EQ(seal::to_string(result.trusted_keys[0]), key);
  EXPECT_EQ(read("trusted_keys = [\"" + key + "0\"]\n").size(), 1u);
  EXPECT_EQ(read("trusted_keys = []\n").size(), 1u) << "an empty list would trust everybody";
}

TEST_F(config_test, plain_networks_are_loopback_unless_said) {
  EXPECT_EQ(read("workers = 1\n"), lines{});
  EXPECT_EQ(result.plain_networks, query::loopback_networks());
  EXPECT_EQ(read("plain_networks = [\"192.0.2.0/24\"]\n"), lines{});
  EXPECT_EQ(result.plain_networks, std::vector{*query::parse_network("192.0.2.0/24")});
  EXPECT_EQ(read("plain_networks = []\n"), lines{});
  EXPECT_TRUE(result.plain_networks.empty()) << "nobody";
  EXPECT_EQ(read("plain_networks = [\"192.0.2.1/24\"]\n").size(), 1u);
  EXPECT_EQ(read("plain_networks = \"192.0.2.0/24\"\n").size(), 1u);
  EXPECT_EQ(read("plain_networks = [\"192.0.2.0\\u0000.example/24\"]\n").size(), 1u);
}

TEST_F(config_test, others_have_a_plain_rate_unless_said) {
  const auto rate_of = [this](const char* text) {
    result = {};
    EXPECT_EQ(read(text), lines{});
    return control::plain_rate_of(result);
  };
  EXPECT_EQ(rate_of("workers = 1"), 0u);
  EXPECT_EQ(rate_of("plain_networks = [\"127.0.0.0/9\"]"), 0u);
  EXPECT_EQ(rate_of("plain_networks = [\"127.0.0.0/9\"]\nplain_rate = 7"), 7u);
  EXPECT_EQ(rate_of("plain_networks = [\"127.0.0.0/8\", \"192.0.2.0/24\"]"), 500'000u);
  EXPECT_EQ(rate_of("plain_networks = [\"0.0.0.0/0\"]\nplain_rate = 0"), 0u);
}

TEST_F(config_test, everything_can_be_said) {
  EXPECT_EQ(read("database = \"/d\"\nlisten = [\"127.0.0.1:1\", \"[::1]:2\"]\nworkers = 3\n"
                 "store = \"memory\"\nserver_id = 4294967295\nreceive_buffer = 65536\n"
                 "plain_rate = 4294967295\n"
                 "merge_replies = false\n"
                 "merge_requests = false\n"),
            lines{});
  EXPECT_EQ(result.database, "/d");
  ASSERT_EQ(result.listen.size(), 2u);
  EXPECT_EQ(net::to_string(result.listen[1]), "[::1]:2");
  EXPECT_EQ(result.workers, 3);
  EXPECT_EQ(result.store, store::storage_mode::memory);
  EXPECT_EQ(result.server_id, 4294967295u);
  EXPECT_EQ(result.receive_buffer, 65536);
  EXPECT_EQ(result.plain_rate, 4294967295u);
  EXPECT_FALSE(result.merging.replies);
  EXPECT_FALSE(result.merging.requests);
}

TEST_F(config_test, nothing_needs_to_be_said) {
  EXPECT_EQ(read(""), lines{});
  EXPECT_EQ(result.workers, 0);
}

TEST_F(config_test, all_mistakes_at_once_each_with_its_place) {
  EXPECT_EQ(
      read("workers = 0\nstore = \"disk\"\nlisten = [\"1.2.3.4\", 5]\n  bogus = 1\n"),
      (lines{"r.toml:1:11: workers must be a whole number from 1 to 256",
             "r.toml:2:9: store must be \"mmap\" or \"memory\"",
             "r.toml:3:11: listen: '1.2.3.4' is no address and port, like 127.0.0.1:7060 or "
             "[::1]:7060",
             "r.toml:3:22: listen must be a text in quotes", "r.toml:4:3: unknown key 'bogus'"}));
}

TEST_F(config_test, wrong_types_and_ranges) {
  EXPECT_EQ(read("workers = 1.5").size(), 1u);
  EXPECT_EQ(read("workers = \"2\"").size(), 1u);
  EXPECT_EQ(read("server_id = 0").size(), 1u);
  EXPECT_EQ(read("server_id = 4294967296").size(), 1u);
  EXPECT_EQ(read("receive_buffer = 1").size(), 1u);
  EXPECT_EQ(read("plain_rate = -1").size(), 1u);
  EXPECT_EQ(read("merge_replies = 1").size(), 1u);
  EXPECT_EQ(read("merge_requests = 1").size(), 1u);
  EXPECT_EQ(read("listen = []").size(), 1u);
  EXPECT_EQ(read("listen = \"127.0.0.1:1\"").size(), 1u);
  EXPECT_EQ(read("database = \"\"").size(), 1u);
  EXPECT_EQ(read("[database]\nx = 1").size(), 1u);
}

TEST_F(config_test, a_syntax_error_has_its_place) {
  const auto got = read("workers = 2\nstore = \n");
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].rfind("r.toml:2:9: ", 0), 0u) << got[0];
  EXPECT_EQ(read("\nlisten = " + std::string(65, '[')),
            lines{"r.toml:2:74: too many brackets in one line"});
}

TEST_F(config_test, unreadable_and_oversized_files) {
  const auto missing = control::read_config_file(directory.path() / "none", result);
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_EQ(missing[0].line, 0u);
  EXPECT_EQ(control::read_config_file(directory.path(), result).size(), 1u);
  EXPECT_EQ(read(std::string((1 << 20) + 1, '#')),
            lines{"r.toml: is larger than 1 MiB: not a configuration"});
  EXPECT_EQ(read(std::string(1 << 20, '#')), lines{});
}

}  // namespace
}  // namespace repute::test
