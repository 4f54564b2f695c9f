// SPDX-License-Identifier: Apache-2.0
#include "query/address_hash.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <vector>

namespace repute::query {
namespace {

using address = std::array<std::uint8_t, 16>;

address v4(std::uint32_t host) {
  address out{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10};
  out[13] = static_cast<std::uint8_t>(host >> 16);
  out[14] = static_cast<std::uint8_t>(host >> 8);
  out[15] = static_cast<std::uint8_t>(host);
  return out;
}

address v6(std::uint32_t network) {
  address out{0x20, 0x01, 0x0d, 0xb8};
  store_le(out.data() + 4, network);
  out[15] = 1;
  return out;
}

TEST(address_hash_test, every_bit_of_address_and_seed_changes_half_of_the_hash) {
  const address from = v6(0x12345678);
  const std::uint64_t seed = 0x5eed;
  const std::uint64_t hash = hash_address(from, seed);
  EXPECT_EQ(hash_address(from, seed), hash);
  const auto expect_half = [&](std::uint64_t other, int bit) {
    EXPECT_GT(std::popcount(hash ^ other), 12) << bit;
    EXPECT_LT(std::popcount(hash ^ other), 52) << bit;
  };
  for (int bit = 0; bit < 128; ++bit) {
    address other = from;
    other[static_cast<std::size_t>(bit) / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    expect_half(hash_address(other, seed), bit);
  }
  for (int bit = 0; bit < 64; ++bit) {
    expect_half(hash_address(from, seed ^ std::uint64_t{1} << bit), bit);
  }
}

// Neighbours are spread evenly over as many places as the users of the hash have.
TEST(address_hash_test, neighbours_are_spread_over_all_places) {
  for (const std::size_t places : {16U, 4096U, 65'536U}) {
    for (const auto& made : {v4, v6}) {
      std::vector<std::uint32_t> taken(places);
      constexpr std::uint32_t each = 32;
      for (std::uint32_t i = 0; i < each * places; ++i) {
        ++taken[hash_address(made(i), 0x5eed) % places];
      }
      EXPECT_GT(*std::ranges::min_element(taken), 0U) << places;
      EXPECT_LT(*std::ranges::max_element(taken), each * 3) << places;
    }
  }
}

// Who finds an address that meets another's place has found it for one seed only.
TEST(address_hash_test, those_who_meet_under_one_seed_part_under_others) {
  const auto place = [](const address& of, std::uint64_t seed) {
    return hash_address(of, seed) % 4096;
  };
  const address victim = v6(0);
  std::uint32_t other = 1;
  while (place(v6(other), 1) != place(victim, 1)) {
    ++other;
  }
  int meetings = 0;
  for (std::uint64_t seed = 2; seed < 1002; ++seed) {
    meetings += place(v6(other), seed) == place(victim, seed) ? 1 : 0;
  }
  EXPECT_LE(meetings, 5);
}

}  // namespace
}  // namespace repute::query
