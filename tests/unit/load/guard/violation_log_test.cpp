// SPDX-License-Identifier: Apache-2.0
#include "load/guard/violation_log.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace repute::load {
namespace {

store::record_position place(std::uint8_t key, kind kind = kind::host) {
  store::record_position made;
  made.kind = kind;
  made.key[0] = key;
  return made;
}

logged_row at(std::uint32_t line, std::vector<store::record_position> records = {}) {
  return {0, {line, 1}, "line " + std::to_string(line), std::move(records)};
}

TEST(violation_log, tells_the_first_rows_by_their_place) {
  violation_log log;
  for (std::uint32_t line = 30; line > 0; --line) {
    log.add("b", guard_rule::own, at(line));
  }
  log.add("a", guard_rule::width, at(7));
  const auto reports = log.reports();
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0].feed, "a");
  EXPECT_EQ(reports[0].rule, guard_rule::width);
  EXPECT_EQ(reports[1].count, 30U);
  ASSERT_EQ(reports[1].first.size(), rows_told_max);
  EXPECT_EQ(reports[1].first.front(), "line 1");
  EXPECT_EQ(reports[1].first.back(), "line 10");
}

TEST(violation_log, forgives_rows_whose_records_were_all_there) {
  violation_log log;
  log.add("a", guard_rule::own, at(1, {place(1)}));
  log.add("a", guard_rule::own, at(2, {place(2), place(2, kind::domain)}));
  log.add("a", guard_rule::allow, at(3, {place(3)}));
  log.add("a", guard_rule::width, at(4, {place(1)}));
  log.add("b", guard_rule::own, at(5, {place(1)}));
  EXPECT_EQ(log.forgivable("a"),
            (std::vector{place(1), place(2), place(3), place(2, kind::domain)}));
  log.forgive("a", {place(1), place(2)});
  const auto reports = log.reports();
  ASSERT_EQ(reports.size(), 4U);
  EXPECT_EQ(reports[0].rule, guard_rule::width) << "never forgiven";
  EXPECT_EQ(reports[1].first, std::vector<std::string>{"line 2"}) << "one record of it is new";
  EXPECT_EQ(reports[2].first, std::vector<std::string>{"line 3"});
  EXPECT_EQ(reports[3].feed, "b");
  log.forgive("a", {place(2), place(3), place(2, kind::domain)});
  EXPECT_EQ(log.reports().size(), 2U);
}

TEST(violation_log, counts_rows_beyond_those_that_it_keeps) {
  violation_log log;
  for (std::uint32_t i = 0; i < violation_log::rows_kept_max + 5; ++i) {
    log.add("a", guard_rule::own, {0, {i + 1, 1}, "row", {place(1)}});
  }
  EXPECT_EQ(log.reports().at(0).count, violation_log::rows_kept_max + 5);
  log.forgive("a", {place(1)});
  EXPECT_EQ(log.reports().at(0).count, 5U);
}

TEST(violation_log, takes_rows_from_several_threads) {
  violation_log log;
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([&log, t] {
      for (std::uint32_t i = 0; i < 500; ++i) {
        log.add("a", guard_rule::own, at(i * 4 + t + 1));
      }
    });
  }
  for (std::thread& each : threads) {
    each.join();
  }
  const auto reports = log.reports();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].count, 2000U);
  EXPECT_EQ(reports[0].first.back(), "line 10");
}

}  // namespace
}  // namespace repute::load
