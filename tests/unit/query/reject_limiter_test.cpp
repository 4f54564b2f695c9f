// SPDX-License-Identifier: Apache-2.0
#include "query/reject_limiter.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "unit/query/query_fixture.hpp"

namespace repute::test {
namespace {

using query::reject_limiter;
constexpr std::uint64_t second = reject_limiter::second_ns;

std::array<std::uint8_t, 16> source(std::uint32_t number) {
  std::array<std::uint8_t, 16> out{0x20, 0x01, 0x0d, 0xb8};
  store_le(out.data() + 8, number);
  return out;
}

TEST(reject_limiter_test, once_a_second_per_source) {
  const auto limiter = std::make_unique<reject_limiter>(1);
  EXPECT_TRUE(limiter->allow(source(1), 5 * second));
  EXPECT_FALSE(limiter->allow(source(1), 5 * second));
  EXPECT_FALSE(limiter->allow(source(1), 6 * second - 1));
  EXPECT_TRUE(limiter->allow(source(1), 6 * second));
}

TEST(reject_limiter_test, a_thousand_a_second_in_all) {
  const auto limiter = std::make_unique<reject_limiter>(1);
  int allowed = 0;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    allowed += limiter->allow(source(i), 7 * second + i) ? 1 : 0;
  }
  EXPECT_EQ(allowed, 1000);
  EXPECT_TRUE(limiter->allow(source(7), 9 * second));
}

}  // namespace
}  // namespace repute::test
