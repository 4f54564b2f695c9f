// SPDX-License-Identifier: Apache-2.0
#include "store/live_index.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace repute::store {
namespace {

live_said said(std::int16_t score, live_said::what what = live_said::what::put) {
  live_said out;
  out.says = what;
  out.answer.score = score;
  out.answer.status = status::listed;
  out.expires_unix_s = static_cast<std::uint64_t>(score) + 1;
  return out;
}

// Few different halves, so that places and tags of different keys are equal now and then.
table_key some_key(std::mt19937_64& random) {
  const auto half = [&] { return (random() % 40) * 0x9e3779b97f4a7c15U + 1; };
  return {half(), half()};
}

TEST(live_index_test, agrees_with_a_map) {
  std::mt19937_64 random(3);
  constexpr std::size_t changes = 4000;
  live_index index(changes);
  std::map<std::pair<table_key, live_layer>, live_said> model;
  for (std::size_t i = 0; i < changes; ++i) {
    ASSERT_EQ(index.room(), changes - i);
    const table_key key = some_key(random);
    const live_layer layer = random() % 2 == 0 ? live_layer::live : live_layer::override;
    const live_said value = said(static_cast<std::int16_t>(random() % 1000),
                                 static_cast<live_said::what>(random() % 3));
    ASSERT_TRUE(index.set(key, layer, value));
    model[{key, layer}] = value;
    const table_key asked = some_key(random);
    const live_node* found = index.find(asked);
    for (const live_layer each : {live_layer::live, live_layer::override}) {
      const auto expected = model.find({asked, each});
      const live_said got = found == nullptr ? live_said() : found->said(each);
      const live_said wanted = expected == model.end() ? live_said() : expected->second;
      ASSERT_EQ(got.says, wanted.says);
      if (got.says != live_said::what::nothing) {
        ASSERT_EQ(got.answer, wanted.answer);
        ASSERT_EQ(got.expires_unix_s, wanted.expires_unix_s);
      }
      ASSERT_TRUE(expected == model.end() || index.may_have(asked));
    }
  }
  EXPECT_FALSE(index.set({1, 1}, live_layer::live, said(1)));
  EXPECT_FALSE(index.fix({1, 1}));
}

TEST(live_index_test, the_filter_keeps_nearly_all_other_keys_away) {
  std::mt19937_64 random(5);
  constexpr std::size_t entries = 100'000;
  live_index index(entries);
  for (std::size_t i = 0; i < entries; ++i) {
    ASSERT_TRUE(index.set({random(), random()}, live_layer::live, said(1)));
  }
  std::size_t passed = 0;
  for (std::size_t i = 0; i < entries; ++i) {
    passed += index.may_have({random(), random()}) ? 1 : 0;
  }
  EXPECT_LT(passed, entries / 50);
  EXPECT_GT(passed, 0u);  // else it is larger than it need be
}

TEST(live_index_test, a_fixed_key_says_so) {
  live_index index(2);
  ASSERT_TRUE(index.set({7, 9}, live_layer::live, said(1)));
  ASSERT_TRUE(index.fix({7, 9}));
  EXPECT_TRUE(index.may_have({7, 9}));
  EXPECT_TRUE(index.find({7, 9})->fixed);
  EXPECT_EQ(index.find({7, 10}), nullptr);
}

}  // namespace
}  // namespace repute::store
