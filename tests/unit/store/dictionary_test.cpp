// SPDX-License-Identifier: Apache-2.0
// Verdicts over time: chains, their hours, and the TTL that is sent.
#include "store/dictionary_builder.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/snapshot_builder.hpp"

namespace repute::store {
namespace {

using test::listing;

constexpr std::uint64_t hour_s = 3600;

snapshot_view view_over(const std::vector<dictionary_entry>& entries) {
  snapshot_view view;
  view.dictionary = entries;
  return view;
}

TEST(dictionary, entry_0_means_no_row) {
  dictionary_builder builder;
  ASSERT_EQ(builder.entries().size(), 1U);
  EXPECT_EQ(builder.entries()[0], dictionary_entry{});
  EXPECT_EQ(builder.index_of({}), 0U);
}

TEST(dictionary, equal_verdicts_are_one_entry) {
  dictionary_builder builder;
  const resolved_verdict one{{{listing(1), 0}}, {0, 1}};
  const resolved_verdict other_feed{{{listing(1), 0}}, {1}};
  EXPECT_EQ(builder.index_of(one), 1U);
  EXPECT_EQ(builder.index_of(other_feed), 2U);
  EXPECT_EQ(builder.index_of(one), 1U);
  ASSERT_EQ(builder.sources().size(), 3U);
  EXPECT_EQ(builder.sources()[1], (std::vector<std::uint16_t>{0, 1}));
}

TEST(dictionary, chains_walk_with_the_hours) {
  dictionary_builder builder;
  const auto index =
      builder.index_of({{{listing(1), 100}, {listing(2), 200}, {listing(3), 0}}, {0}});
  const auto entries = builder.entries();
  const snapshot_view view = view_over(entries);
  const auto score_at = [&](std::uint64_t unix_s) {
    return view.resolve(index, kind::host, unix_s).score;
  };
  EXPECT_EQ(score_at(0), 1);
  EXPECT_EQ(score_at(100 * hour_s - 1), 1);
  EXPECT_EQ(score_at(100 * hour_s), 2);
  EXPECT_EQ(score_at(200 * hour_s - 1), 2);
  EXPECT_EQ(score_at(200 * hour_s), 3);
  EXPECT_EQ(score_at(std::uint64_t{1} << 40), 3);
  for (std::size_t i = 1; i < entries.size(); ++i) {
    EXPECT_LT(entries[i].next, i);
  }
}

TEST(dictionary, ends_of_chains_are_not_listed_with_the_kind_s_negative_ttl) {
  dictionary_builder builder;
  const auto index = builder.index_of({{{listing(1), 100}}, {0}});
  const auto entries = builder.entries();
  const snapshot_view view = view_over(entries);
  for (const std::uint32_t asked : {index, 0U, 2U, 0xffffffffU}) {
    const answer host = view.resolve(asked, kind::host, 100 * hour_s);
    EXPECT_EQ(host.status, status::not_listed);
    EXPECT_EQ(host.verdict, verdict::none);
    EXPECT_EQ(host.ttl_s, 5);
    EXPECT_EQ(view.resolve(asked, kind::ip4, 100 * hour_s).ttl_s, 60);
    EXPECT_EQ(view.resolve(asked, kind::ip6, 100 * hour_s).ttl_s, 60);
  }
}

RC_GTEST_PROP(dictionary, ttl_never_outlives_the_verdict, ()) {
  const auto ttl = *rc::gen::arbitrary<std::uint16_t>();
  const auto expires_h = *rc::gen::inRange<std::uint32_t>(1, 0xffffffff);
  const auto left_s =
      *rc::gen::inRange<std::uint64_t>(1, 3600 * std::uint64_t{std::min(expires_h, 40U)});
  dictionary_builder builder;
  const auto index = builder.index_of({{{listing(1, verdict::spam, ttl), expires_h}}, {0}});
  const auto entries = builder.entries();
  const answer got = view_over(entries).resolve(index, kind::host, expires_h * hour_s - left_s);
  RC_ASSERT(got.status == status::listed);
  RC_ASSERT(got.ttl_s == std::min<std::uint64_t>(ttl, left_s));
}

// Damaged bytes may point anywhere; the walk ends and gives no verdict that was not there.
RC_GTEST_PROP(dictionary, walks_over_damage_end, ()) {
  std::vector<dictionary_entry> entries(*rc::gen::inRange<std::size_t>(1, 8));
  for (dictionary_entry& entry : entries) {
    entry.answer = *rc::gen::arbitrary<std::array<std::uint8_t, answer_size>>();
    entry.expires_h = *rc::gen::inRange<std::uint32_t>(0, 3);
    entry.next = *rc::gen::inRange<std::uint32_t>(0, 10);
  }
  const auto index = *rc::gen::inRange<std::uint32_t>(0, 10);
  const answer got = view_over(entries).resolve(index, kind::host, 2 * hour_s);
  RC_ASSERT(index != 0 || got.status == status::not_listed);
}

}  // namespace
}  // namespace repute::store
