// SPDX-License-Identifier: Apache-2.0
#include "load/guard/feed_diff.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace repute::load {
namespace {

store::record row(kind kind, std::uint8_t key, std::uint16_t feed, std::string_view text) {
  store::record made;
  made.kind = kind;
  made.key[0] = key;
  made.feed = feed;
  made.text = text;
  return made;
}

TEST(feed_diff, counts_keys_and_names_the_first) {
  store::record_set before;
  before.add(row(kind::host, 1, 4, "gone"));
  before.add(row(kind::host, 2, 4, "stays"));
  before.add(row(kind::domain, 3, 4, "under"));
  before.add(row(kind::host, 9, 5, "another feed's"));
  store::record_set now;
  now.add(row(kind::host, 2, 7, "stays, with other words"));
  now.add(row(kind::host, 2, 7, "stays, and again"));
  store::record out = row(kind::host, 8, 7, "new");
  out.exclusion = true;
  now.add(out);
  before.sort_unique();
  now.sort_unique();
  const auto found = compare_feeds(rows_of(before, 4), rows_of(now, 7));
  EXPECT_EQ(found.added, 1U);
  EXPECT_EQ(found.removed, 2U);
  EXPECT_EQ(found.kept, 1U);
  EXPECT_EQ(found.first_added, std::vector<std::string>{"!new"});
  EXPECT_EQ(found.first_removed, (std::vector<std::string>{"gone", "under (names under it)"}));
}

TEST(feed_diff, nothing_differs_from_nothing) {
  const store::record_set none;
  const auto found = compare_feeds(rows_of(none, 0), rows_of(none, 0));
  EXPECT_EQ(found.added + found.removed + found.kept, 0U);
}

TEST(feed_diff, agrees_with_sets) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 200; ++round) {
    std::map<unsigned, unsigned> sides;  // key -> 1 before, 2 now, 3 both
    store::record_set before;
    store::record_set now;
    const std::size_t count = random() % 60;
    for (std::size_t i = 0; i < count; ++i) {
      const auto key = static_cast<std::uint8_t>(random() % 50);
      const std::string text = std::to_string(random() % 3);
      const bool old_side = random() % 2 == 0;
      (old_side ? before : now).add(row(kind::host, key, 1, text));
      sides[key] |= old_side ? 1U : 2U;
    }
    before.sort_unique();
    now.sort_unique();
    const auto found = compare_feeds(rows_of(before, 1), rows_of(now, 1));
    std::map<unsigned, std::uint64_t> counts;
    for (const auto& [key, side] : sides) {
      ++counts[side];
    }
    ASSERT_EQ(found.removed, counts[1]);
    ASSERT_EQ(found.added, counts[2]);
    ASSERT_EQ(found.kept, counts[3]);
    ASSERT_EQ(found.first_removed.size(), std::min<std::uint64_t>(counts[1], rows_told_max));
  }
}

}  // namespace
}  // namespace repute::load
