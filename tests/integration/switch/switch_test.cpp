// SPDX-License-Identifier: Apache-2.0
// Snapshots are switched under load: no query may be lost or late, and no answer may mix two
// snapshots.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "repute/canon/canon.hpp"
#include "repute/client/blocking_client.hpp"
#include "repute/seal/fingerprint.hpp"
#include "store/snapshot_writer.hpp"
#include "support/raise_to.hpp"
#include "support/server_process.hpp"
#include "support/temporary_directory.hpp"

namespace {

using repute::seal::deployment_salt;
using repute::seal::fingerprinter;

constexpr std::size_t names = 2000;
constexpr std::size_t keys_per_lookup = 20;
constexpr std::uint32_t switches = 10;

repute::key key_of(fingerprinter& fingerprints, std::size_t name) {
  return fingerprints.make_key({repute::kind::host, "name" + std::to_string(name) + ".example"});
}

// A snapshot in which every name has the score `score`.
repute::store::snapshot_content content_with(std::int16_t score) {
  repute::store::snapshot_content content;
  content.data_epoch = 1;
  content.salt_fp = repute::seal::salt_fingerprint({});
  content.canon_version = repute::canon::version;
  content.feeds.push_back({"names", {}, 0, names});
  repute::answer value;
  value.status = repute::status::listed;
  value.verdict = repute::verdict::spam;
  value.score = score;
  content.verdicts.push_back({{{value, 0}}, {0}});
  fingerprinter fingerprints{deployment_salt{}};
  for (std::size_t i = 0; i < names; ++i) {
    const repute::key key = key_of(fingerprints, i);
    content.keys.push_back(
        {repute::store::table_key_of(key.bytes().data()), repute::kind::host, 0});
  }
  return content;
}

struct tally {
  std::atomic<std::uint64_t> lookups{0};
  std::atomic<std::uint64_t> failures{0};
  std::atomic<std::uint64_t> mixed{0};
  std::atomic<std::uint32_t> newest{0};
};

void ask_until(const std::stop_token& stop, const std::string& server, unsigned seed, tally& seen) {
  fingerprinter fingerprints{deployment_salt{}};
  repute::client_options options;
  options.servers = {server};
  options.deadline = std::chrono::seconds{20};  // the machine may be busy with other tests
  repute::blocking_client client(options);
  std::size_t name = seed;
  while (!stop.stop_requested()) {
    std::vector<repute::key> keys;
    for (std::size_t i = 0; i < keys_per_lookup; ++i) {
      keys.push_back(key_of(fingerprints, name++ % names));
    }
    const auto result = client.lookup(keys);
    ++seen.lookups;
    if (!result) {
      ++seen.failures;
      ADD_FAILURE() << result.error().message();
      continue;
    }
    for (const repute::answer& answer : result->answers) {
      const bool right = answer.status == repute::status::listed &&
                         answer.score == static_cast<int>(result->status.generation);
      seen.mixed += right ? 0 : 1;
    }
    repute::test::raise_to(result->status.generation, seen.newest);
  }
}

class switch_under_load : public testing::TestWithParam<const char*> {};

TEST_P(switch_under_load, loses_nothing_and_mixes_nothing) {
  const repute::test::temporary_directory dir;
  const auto lock = repute::store::write_lock::acquire(dir.path());
  ASSERT_TRUE(lock);
  const auto first = repute::store::publish_snapshot(dir.path(), content_with(1));
  ASSERT_TRUE(first) << first.error().message;
  const repute::test::server_process server(REPUTE_BIN_DIR "/reputed", dir.path(),
                                            {"--store", GetParam()});
  tally seen;
  std::vector<std::jthread> load;
  for (unsigned i = 0; i < 2; ++i) {
    load.emplace_back(
        [&, i](const std::stop_token& stop) { ask_until(stop, server.address(), i * 777, seen); });
  }
  for (std::uint32_t generation = 2; generation <= 1 + switches; ++generation) {
    const auto done = repute::store::publish_snapshot(
        dir.path(), content_with(static_cast<std::int16_t>(generation)));
    ASSERT_TRUE(done) << done.error().message;
    ASSERT_EQ(done->generation, generation);
    // The load itself tells when the server has switched; its own deadline bounds the wait.
    const std::uint64_t before = seen.lookups;
    while (seen.newest < generation && seen.lookups < before + 200000) {
      std::this_thread::yield();
    }
    ASSERT_EQ(seen.newest.load(), generation) << "not adopted";
  }
  load.clear();
  EXPECT_EQ(seen.failures, 0u) << "of " << seen.lookups;
  EXPECT_EQ(seen.mixed, 0u);
  EXPECT_GT(seen.lookups, 100u);
}

INSTANTIATE_TEST_SUITE_P(store, switch_under_load, testing::Values("mmap", "memory"));

}  // namespace
