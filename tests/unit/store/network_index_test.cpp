// SPDX-License-Identifier: Apache-2.0
#include "store/network_index.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace repute::store {
namespace {

live_said said(std::int16_t score, std::uint64_t expires = 0) {
  live_said out;
  out.says = live_said::what::put;
  out.answer.score = score;
  out.expires_unix_s = expires;
  return out;
}

address6 masked(address6 address, unsigned length) {
  const auto mask = [](unsigned bits) { return bits == 0 ? 0 : ~std::uint64_t{0} << (64 - bits); };
  return {address.high & mask(std::min(length, 64U)),
          address.low & mask(length > 64 ? length - 64 : 0)};
}

TEST(network_index_test, nothing_is_around_anything_in_an_empty_one) {
  EXPECT_EQ(network_index().find({}, 0), nullptr);
  EXPECT_TRUE(network_index(std::vector<live_network>()).empty());
}

TEST(network_index_test, a_network_holds_its_first_and_its_last_address_only) {
  const network_index index({{{0x10, 0}, 64, said(1)}, {{0x10, 0x80}, 121, said(2)}});
  EXPECT_EQ(index.find({0x0f, ~std::uint64_t{0}}, 0), nullptr);
  EXPECT_EQ(index.find({0x10, 0}, 0)->answer.score, 1);
  EXPECT_EQ(index.find({0x10, 0x80}, 0)->answer.score, 2);
  EXPECT_EQ(index.find({0x10, 0xff}, 0)->answer.score, 2);
  EXPECT_EQ(index.find({0x10, 0x100}, 0)->answer.score, 1);
  EXPECT_EQ(index.find({0x10, ~std::uint64_t{0}}, 0)->answer.score, 1);
  EXPECT_EQ(index.find({0x11, 0}, 0), nullptr);
}

TEST(network_index_test, what_has_ended_lets_the_wider_one_speak) {
  const network_index index({{{}, 0, said(1)}, {{}, 8, said(2, 100)}, {{}, 128, said(3, 50)}});
  EXPECT_EQ(index.find({}, 49)->answer.score, 3);
  EXPECT_EQ(index.find({}, 50)->answer.score, 2);
  EXPECT_EQ(index.find({}, 100)->answer.score, 1);
  EXPECT_EQ(index.find({}, 49, 127)->answer.score, 2);
  EXPECT_EQ(index.find({}, 49, 7)->answer.score, 1);
}

// Few bits vary, so that networks hold one another and meet at their ends.
TEST(network_index_test, agrees_with_a_search_through_all_networks) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 300; ++round) {
    std::map<std::pair<unsigned, address6>, live_said> model;
    const auto some_address = [&] {
      return address6{random() % 4 << 62 | random() % 4, random() % 4 << 62 | random() % 8};
    };
    for (std::uint64_t i = random() % 30; i > 0; --i) {
      const auto length = static_cast<unsigned>(random() % 129);
      model[{length, masked(some_address(), length)}] =
          said(static_cast<std::int16_t>(i), random() % 3 == 0 ? random() % 20 : 0);
    }
    std::vector<live_network> networks;
    for (const auto& [key, value] : model) {
      networks.push_back({key.second, static_cast<std::uint8_t>(key.first), value});
    }
    const network_index index(networks);
    for (int i = 0; i < 50; ++i) {
      const address6 asked = some_address();
      const std::uint64_t now = random() % 20;
      const live_said* expected = nullptr;
      for (const auto& [key, value] : model) {  // ascending lengths: the last one is the longest
        if (masked(asked, key.first) == key.second && value.in_force(now)) {
          expected = &value;
        }
      }
      const live_said* got = index.find(asked, now);
      ASSERT_EQ(got == nullptr, expected == nullptr);
      if (got != nullptr) {
        ASSERT_EQ(got->answer.score, expected->answer.score);
      }
    }
  }
}

}  // namespace
}  // namespace repute::store
