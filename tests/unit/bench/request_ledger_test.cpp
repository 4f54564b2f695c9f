// SPDX-License-Identifier: Apache-2.0
#include "load_generator/request_ledger.hpp"

#include <gtest/gtest.h>

#include "load_generator/send_window.hpp"

namespace {

using namespace repute::bench;

constexpr made_request asked{100, 2, 1};

judged_reply answer_to(std::uint64_t id) {
  return {id, 2, 1, false};
}

TEST(request_ledger, counts_requests_and_replies_of_the_window) {
  request_ledger ledger(16);
  ledger.open(0, 5, asked);
  ledger.measure(10, 20);
  ledger.open(1, 10, asked);
  ledger.open(2, 12, asked);
  EXPECT_EQ(ledger.outstanding(), 3U);
  ledger.close(answer_to(0), 50, 11);  // asked before, answered within
  ledger.close(answer_to(1), 50, 13);
  ledger.close(answer_to(2), 50, 25);  // asked within, answered after
  const outcome& out = ledger.result();
  EXPECT_EQ(out.requests, 2U);
  EXPECT_EQ(out.request_bytes, 200U);
  EXPECT_EQ(out.replies, 2U);
  EXPECT_EQ(out.keys, 4U);
  EXPECT_EQ(out.listed, 2U);
  EXPECT_EQ(out.reply_bytes, 100U);
  EXPECT_EQ(out.latency.count(), 2U);
  EXPECT_EQ(out.latency.min_ns(), 3U);
  EXPECT_EQ(out.latency.max_ns(), 13U);
  EXPECT_EQ(out.lost + out.unmatched + out.wrong + out.errors, 0U);
  EXPECT_EQ(ledger.outstanding(), 0U);
}

TEST(request_ledger, tells_wrong_answers_from_errors) {
  request_ledger ledger(16);
  ledger.measure(0, 100);
  for (std::uint64_t n = 0; n < 4; ++n) {
    ledger.open(n, 1, asked);
  }
  ledger.close({0, 2, 0, false}, 50, 2);               // a hit too few
  ledger.close({1, 1, 1, false}, 50, 2);               // a key too few
  ledger.close({2, 0, 0, true}, 50, 2);                // BUSY
  ledger.close({3, 2, listed_unknown, false}, 50, 2);  // does not tell
  EXPECT_EQ(ledger.result().wrong, 2U);
  EXPECT_EQ(ledger.result().errors, 1U);
  EXPECT_EQ(ledger.result().replies, 3U);
}

TEST(request_ledger, gives_up_what_is_old) {
  request_ledger ledger(16);
  ledger.measure(0, 1000);
  ledger.open(0, 10, asked);
  ledger.open(1, 20, asked);
  EXPECT_EQ(ledger.expire(59, 50), 0U);
  EXPECT_EQ(ledger.expire(60, 50), 1U);
  EXPECT_EQ(ledger.outstanding(), 1U);
  EXPECT_EQ(ledger.result().lost, 1U);
  ledger.close(answer_to(0), 50, 61);
  EXPECT_EQ(ledger.result().unmatched, 1U);
  ledger.close(answer_to(1), 50, 62);
  ledger.close(answer_to(1), 50, 63);  // doubled
  EXPECT_EQ(ledger.result().unmatched, 2U);
  EXPECT_EQ(ledger.result().replies, 1U);
}

TEST(request_ledger, numbers_wrap) {
  request_ledger ledger(2);  // four places
  ledger.measure(0, 1000);
  for (std::uint64_t n = 0; n < 6; ++n) {
    ledger.open(n, n, asked);
  }
  EXPECT_EQ(ledger.result().lost, 2U) << "0 and 1 lost their places to 4 and 5";
  EXPECT_EQ(ledger.outstanding(), 4U);
  ledger.close(answer_to(1), 50, 10);  // that is number 5
  EXPECT_EQ(ledger.result().latency.max_ns(), 5U);
  EXPECT_EQ(ledger.expire(100, 50), 3U);
  EXPECT_EQ(ledger.outstanding(), 0U);
  EXPECT_EQ(ledger.expire(1000, 0), 0U);
}

TEST(request_ledger, foreign_numbers_are_nobodys) {
  request_ledger ledger(32);
  ledger.measure(0, 100);
  ledger.open(0, 1, asked);
  ledger.close(answer_to(std::uint64_t{1} << request_ledger::ring_bits_max), 50, 2);
  EXPECT_EQ(ledger.result().unmatched, 1U);
  EXPECT_EQ(ledger.outstanding(), 1U);
}

TEST(send_window, halves_and_grows_back) {
  send_window window(64);
  EXPECT_EQ(window.room(0), 64U);
  EXPECT_EQ(window.room(60), 4U);
  EXPECT_EQ(window.room(70), 0U);
  window.lost();
  EXPECT_EQ(window.size(), 32U);
  window.answered(31);
  EXPECT_EQ(window.size(), 32U);
  window.answered(1);
  EXPECT_EQ(window.size(), 33U);
  for (int i = 0; i < 10; ++i) {
    window.lost();
  }
  EXPECT_EQ(window.size(), 1U);
  window.answered(10'000);
  EXPECT_EQ(window.size(), 2U);
  EXPECT_EQ(window.least(), 1U);
  window.begin_least();
  EXPECT_EQ(window.least(), 2U);
}

}  // namespace
