// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "query/reject_limiter.hpp"
#include "repute/schema/bytes.hpp"

namespace repute::test {
namespace {

TEST(reject_limiter_threads_test, the_limit_holds_over_threads) {
  const auto limiter = std::make_unique<query::reject_limiter>(1);
  std::atomic<int> allowed{0};
  const auto flood = [&](std::uint32_t first) {
    std::array<std::uint8_t, 16> source{};
    for (std::uint32_t i = 0; i < 20'000; ++i) {
      store_le(source.data() + 8, first + i);
      allowed += limiter->allow(source, 7 * query::reject_limiter::second_ns) ? 1 : 0;
    }
  };
  {
    const std::jthread one(flood, 0);
    const std::jthread two(flood, 10'000);
  }
  EXPECT_EQ(allowed, 1000);
}

}  // namespace
}  // namespace repute::test
