// SPDX-License-Identifier: Apache-2.0
#include "store/key_filter.hpp"

#include <gtest/gtest.h>

#include <string>

namespace repute::store {
namespace {

std::uint64_t hash_of_number(std::size_t n) {
  return hash_of(kind::host, "name" + std::to_string(n) + ".example");
}

TEST(key_filter, holds_what_was_put_in_and_little_else) {
  for (const std::size_t count : {0U, 1U, 7U, 1000U, 100'000U}) {
    std::vector<std::vector<std::uint64_t>> hashes(3);
    for (std::size_t n = 0; n < count; ++n) {
      hashes[n % 3].push_back(hash_of_number(n));
    }
    const key_filter filter(hashes);
    for (std::size_t n = 0; n < count; ++n) {
      ASSERT_TRUE(filter.may_hold(hash_of_number(n))) << n;
    }
    std::size_t wrong = 0;
    for (std::size_t n = count; n < count + 100'000; ++n) {
      wrong += filter.may_hold(hash_of_number(n)) ? 1 : 0;
    }
    EXPECT_LE(wrong, 1250U) << count;
  }
  EXPECT_FALSE(key_filter().may_hold(hash_of_number(1)));
}

TEST(key_filter, the_kind_is_part_of_the_hash) {
  EXPECT_NE(hash_of(kind::host, "a.example"), hash_of(kind::domain, "a.example"));
}

}  // namespace
}  // namespace repute::store
