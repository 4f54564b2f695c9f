// SPDX-License-Identifier: Apache-2.0
#include "load_generator/made_up_keys.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "load_generator/peer_names.hpp"
#include "load_generator/request_mix.hpp"
#include "repute/schema/message.hpp"

namespace {

using namespace repute;
using namespace repute::bench;

TEST(made_up_keys, every_record_has_a_sort) {
  for (const std::uint64_t records : {0U, 1U, 15U, 16U, 1'000'000U}) {
    const auto counts = record_counts::of(records);
    EXPECT_EQ(counts.ip4 + counts.ip6 + counts.fingerprints, records);
  }
  EXPECT_EQ(record_counts::of(16).of(kind::ip4), 2U);
  EXPECT_EQ(record_counts::of(16).of(kind::ip6), 1U);
  EXPECT_EQ(record_counts::of(16).of(kind::url), 13U);
}

TEST(made_up_keys, are_pairwise_different) {
  for (const kind each : {kind::ip4, kind::ip6, kind::host}) {
    std::set<std::array<std::uint8_t, fingerprint_size>> seen;
    for (std::uint64_t n = 0; n < 20'000; ++n) {
      std::array<std::uint8_t, fingerprint_size> bytes{};
      write_made_up_key(each, n, bytes.data());
      EXPECT_TRUE(seen.insert(bytes).second) << n;
    }
  }
}

TEST(made_up_keys, addresses_are_well_formed) {
  for (std::uint64_t n = 0; n < 1000; ++n) {
    std::array<std::uint8_t, fingerprint_size> bytes{};
    write_made_up_key(kind::ip6, n, bytes.data());
    EXPECT_EQ(bytes[0] >> 4, 2);
    EXPECT_FALSE(wire::is_v4_form(bytes.data()));
  }
}

RC_GTEST_PROP(made_up_keys, a_permutation_can_be_undone, (std::uint32_t n)) {
  // The steps of permuted32 backwards; multiplicative inverses modulo 2^32.
  std::uint32_t x = permuted32(n);
  x ^= x >> 16;
  x *= 0x7ed1b41dU;
  x ^= (x >> 13) ^ (x >> 26);
  x *= 0xa5cb9243U;
  x ^= x >> 16;
  RC_ASSERT(x - 0x9e3779b9U == n);
}

RC_GTEST_PROP(made_up_keys, hits_are_held_and_misses_are_not, ()) {
  const auto held = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
  const auto percent = *rc::gen::inRange<std::uint32_t>(0, 101);
  const key_draw draws(percent, *rc::gen::arbitrary<std::uint64_t>());
  for (unsigned i = 0; i < 64; ++i) {
    const drawn_key key = draws.draw(i * 7, i, held, ip4_space);
    RC_ASSERT(key.listed == (key.number < held));
    RC_ASSERT(key.number < ip4_space);
    RC_ASSERT(percent != 0 || !key.listed);
    RC_ASSERT(percent != 100 || held == 0 || key.listed);
  }
}

TEST(made_up_keys, hits_have_their_share) {
  const key_draw draws(10, 3);
  int hits = 0;
  for (std::uint64_t n = 0; n < 100'000; ++n) {
    hits += draws.draw(n, 0, 1000, wide_space).listed ? 1 : 0;
  }
  EXPECT_NEAR(hits, 10'000, 500);
}

TEST(peer_names, have_one_length_and_differ) {
  std::set<std::string> seen;
  for (std::uint64_t n = 0; n < 50'000; ++n) {
    const auto parts = octets(n);
    const auto text = dotted(parts, false);
    EXPECT_TRUE(seen.emplace(text.data(), text.size()).second) << n;
    EXPECT_TRUE(parts[0] >= 100 && parts[0] < 224);
  }
  EXPECT_EQ(seen.count(""), 0U);
}

TEST(peer_names, addresses_are_reversed_for_dns) {
  const auto forward = dotted({101, 202, 103, 204}, false);
  const auto backward = dotted({101, 202, 103, 204}, true);
  EXPECT_EQ(std::string(forward.data(), forward.size()), "101.202.103.204");
  EXPECT_EQ(std::string(backward.data(), backward.size()), "204.103.202.101");
}

TEST(request_mix, turns_through_kinds) {
  const std::array kinds{kind::host, kind::ip4};
  const request_mix mix = request_mix::fixed(3, kinds);
  ASSERT_EQ(mix.kinds_of(5).size(), 3U);
  EXPECT_EQ(mix.kinds_of(5)[1], kind::ip4);
  EXPECT_EQ(mix.kinds_of(5)[2], kind::host);
  EXPECT_EQ(mix.fixed_count(), 3U);
}

TEST(request_mix, mails_ask_as_the_page_says) {
  const request_mix mix = request_mix::mail();
  EXPECT_DOUBLE_EQ(mix.keys_on_average(), 17.5);
  EXPECT_FALSE(mix.fixed_count());
  std::set<std::size_t> sizes;
  for (std::uint64_t n = 0; n < 1000; ++n) {
    sizes.insert(mix.kinds_of(n).size());
  }
  EXPECT_EQ(*sizes.begin(), 12U);
  EXPECT_EQ(*sizes.rbegin(), 24U);
}

}  // namespace
