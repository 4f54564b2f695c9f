// SPDX-License-Identifier: Apache-2.0
// All guards of one load, in the order in which the loader meets them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "load/guard/canary.hpp"
#include "load/guard/feed_guard.hpp"
#include "load/guard/feed_history.hpp"
#include "load/guard/row_guard.hpp"
#include "load/guard/violation_log.hpp"

namespace repute::load {

/// A row that was compiled to records although a guard objects.
struct flagged_row {
  row_violation violation;
  std::vector<store::record_position> records;  ///< those of its records that break the rule
};

class load_guards {
 public:
  /// Reads the lists that the settings name. With `problems` the guards are of no use. `canon`
  /// outlives them.
  load_guards(const guard_settings& settings, const canon::canonicalizer& canon,
              std::vector<spec_problem>& problems);

  /// For the threads that compile rows.
  [[nodiscard]] const row_guard& rows() const noexcept { return rows_; }

  /// Remembers a row of file number `file`, which lies at `path`. Thread-safe.
  void add(const feed_spec& spec, std::uint16_t file, std::string_view path, const position& at,
           flagged_row row);

  /// Ends a feed whose rows are all there: looks at its size and drops what it had before. `now`
  /// gives its records; it is asked only if its size is told of.
  [[nodiscard]] store::result<void> close_feed(const feed_spec& spec, feed_counts counts,
                                               const store::snapshot_reader* before,
                                               const record_source& now);

  /// Keys that ask_canaries() asks for, in its order.
  [[nodiscard]] std::vector<canonical_key> canary_keys() const;
  /// Asks the resolved rows for the canaries.
  void ask_canaries(const answer_source& ask);

  /// What was found; empty if there is nothing to object to.
  [[nodiscard]] std::vector<guard_report> reports() const;

 private:
  row_guard rows_;
  std::vector<canary> canaries_;
  violation_log log_;
  std::vector<guard_report> feeds_;
  std::vector<guard_report> canary_reports_;
};

}  // namespace repute::load
