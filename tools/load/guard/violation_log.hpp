// SPDX-License-Identifier: Apache-2.0
// Rows that guards object to, collected over a load.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "load/guard/feed_diff.hpp"
#include "load/guard/guard_rule.hpp"
#include "load/row.hpp"

namespace repute::load {

/// A row that breaks a rule.
struct logged_row {
  std::uint16_t file = 0;  ///< number among the feed's files, for the order of what is told
  position at;
  std::string told;                             ///< `FILE:LINE:COLUMN: why`
  std::vector<store::record_position> records;  ///< those of its records that break the rule
};

/// Thread-safe: rows are added by all threads that compile. What is told does not depend on their
/// order up to rows_kept_max.
class violation_log {
 public:
  /// Rows of one feed and rule that are remembered; those beyond are only counted, and count even
  /// if the feed had them before.
  static constexpr std::size_t rows_kept_max = 100'000;

  void add(std::string_view feed, guard_rule rule, logged_row row);

  /// Records of a feed's rows that break a rule which is_forgivable(), ascending, each once.
  [[nodiscard]] std::vector<store::record_position> forgivable(std::string_view feed) const;

  /// Drops the rows of the feed whose records are all in `known`, which ascends: those that the
  /// feed had before.
  void forgive(std::string_view feed, const std::vector<store::record_position>& known);

  /// One report for each feed and rule, sorted by them, with the first rows by file and line.
  [[nodiscard]] std::vector<guard_report> reports() const;

 private:
  struct broken_rule {
    std::uint64_t count = 0;
    std::vector<logged_row> rows;
  };
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, guard_rule>, broken_rule> found_;  // guarded by mutex_
};

}  // namespace repute::load
