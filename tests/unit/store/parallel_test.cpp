// SPDX-License-Identifier: Apache-2.0
#include "store/parallel.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>

namespace repute::store {
namespace {

using numbers = ordered_batches<int>;

class threads : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(parallel, threads, testing::Values(1U, 2U, 5U));

TEST_P(threads, batches_are_consumed_in_order) {
  std::vector<int> seen;
  numbers batches(
      GetParam(), [](int& n) { n *= 2; }, [&](int& n) { seen.push_back(n); });
  for (int i = 0; i < 500; ++i) {
    batches.push(i);
  }
  batches.finish();
  std::vector<int> wanted(500);
  std::iota(wanted.begin(), wanted.end(), 0);
  std::transform(wanted.begin(), wanted.end(), wanted.begin(), [](int n) { return 2 * n; });
  EXPECT_EQ(seen, wanted);
}

TEST_P(threads, what_processing_throws_comes_in_the_place_of_its_batch) {
  int consumed = 0;
  numbers batches(
      GetParam(),
      [](int& n) {
        if (n >= 70) {
          throw std::runtime_error(std::to_string(n));
        }
      },
      [&](int&) { ++consumed; });
  std::string thrown;
  try {
    for (int i = 0; i < 100; ++i) {
      batches.push(i);
    }
    batches.finish();
  } catch (const std::runtime_error& error) {
    thrown = error.what();
  }
  EXPECT_EQ(thrown, "70");
  EXPECT_EQ(consumed, 70);
}

TEST_P(threads, few_batches_are_in_flight) {
  std::atomic<int> pushed{0};
  int consumed = 0;
  int most = 0;
  numbers batches(
      GetParam(), [](int&) {},
      [&](int&) {
        most = std::max(most, pushed - consumed);
        ++consumed;
      });
  for (int i = 0; i < 200; ++i) {
    ++pushed;
    batches.push(i);
  }
  batches.finish();
  EXPECT_LE(most, static_cast<int>(2 * GetParam() + 3));
}

TEST_P(threads, batches_that_were_not_consumed_are_dropped) {
  std::atomic<bool> ending{false};
  {
    numbers batches(
        GetParam(),
        [&](int&) {
          while (!ending) {
            std::this_thread::yield();
          }
        },
        [](int&) { ADD_FAILURE(); });
    batches.push(1);
    batches.push(2);
    ending = true;
  }
}

TEST_P(threads, a_loop_sees_each_item_once) {
  std::vector<std::atomic<int>> seen(1000);
  parallel_for(GetParam(), seen.size(), [&](std::size_t i) { ++seen[i]; });
  for (const auto& each : seen) {
    EXPECT_EQ(each, 1);
  }
  parallel_for(GetParam(), 0, [](std::size_t) { ADD_FAILURE(); });
}

TEST_P(threads, a_loop_throws_on) {
  EXPECT_THROW(parallel_for(GetParam(), 100,
                            [](std::size_t i) {
                              if (i == 50) {
                                throw std::runtime_error("50");
                              }
                            }),
               std::runtime_error);
}

}  // namespace
}  // namespace repute::store
