// SPDX-License-Identifier: Apache-2.0
// Lookups beside the one thread that adds and removes.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "store/campaign_index.hpp"

namespace repute::store {
namespace {

constexpr std::uint64_t now = 1'800'000'000;
constexpr std::uint32_t texts = 300;

campaign_member member(std::uint32_t number) {
  campaign_member out;
  store_le(out.key.data(), std::uint64_t{number} * 0x9e3779b97f4a7c15U + 1);
  out.signature.format = text_signature::this_format;
  out.signature.bands.fill(number % texts + 1);
  out.said.verdict = verdict::spam;
  out.said.score = static_cast<std::int16_t>(number % texts);
  out.counts_alone = true;
  return out;
}

TEST(campaign_index_threads_test, readers_see_whole_members_while_they_come_and_go) {
  campaign_index index(3 * texts, 7);
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> found{0};
  const auto read = [&](std::uint32_t number) {
    const auto scratch = std::make_unique<campaign_scratch>();
    while (!done) {
      const campaign_member asked = member(++number % texts);
      const campaign_votes got = index.votes_of(asked.signature, now, *scratch);
      if (got.how != campaign_votes::strength::none) {
        ASSERT_EQ(got.said.score, asked.said.score);
        ASSERT_EQ(got.said.verdict, verdict::spam);
        ++found;
      }
    }
  };
  std::vector<std::thread> readers;
  for (const std::uint32_t first : {0U, 100U}) {
    readers.emplace_back(read, first);
  }
  for (std::uint32_t number = 0; number < 3 * texts; ++number) {
    ASSERT_TRUE(index.add(member(number)));
    if (number % 5 == 4) {
      ASSERT_TRUE(index.remove(member(number - 3).key));
    }
  }
  while (found == 0) {
    std::this_thread::yield();
  }
  done = true;
  for (std::thread& each : readers) {
    each.join();
  }
  const auto scratch = std::make_unique<campaign_scratch>();
  for (std::uint32_t number = 2 * texts; number < 3 * texts; ++number) {
    const unsigned votes = index.votes_of(member(number).signature, now, *scratch).votes;
    EXPECT_TRUE(votes == 85 || number % 5 == 1) << number;
  }
}

}  // namespace
}  // namespace repute::store
