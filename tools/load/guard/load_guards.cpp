// SPDX-License-Identifier: Apache-2.0
#include "load/guard/load_guards.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace repute::load {

load_guards::load_guards(const guard_settings& settings, const canon::canonicalizer& canon,
                         std::vector<spec_problem>& problems)
    : rows_(canon, read_guard_lists(settings, canon, problems)),
      canaries_(read_canaries(settings, canon, problems)) {}

void load_guards::add(const feed_spec& spec, std::uint16_t file, std::string_view path,
                      const position& at, flagged_row row) {
  log_.add(spec.name, row.violation.rule,
           {file, at, fmt::format("{}:{}:{}: {}", path, at.line, at.column, row.violation.why),
            std::move(row.records)});
}

store::result<void> load_guards::close_feed(const feed_spec& spec, feed_counts counts,
                                            const store::snapshot_reader* before,
                                            const record_source& now) {
  const feed_history history(before, spec.name);
  counts.before = history.rows();
  if (const auto size = check_size(spec.limits, counts)) {
    guard_report& report = feeds_.emplace_back();
    report.rule = size->rule;
    report.feed = spec.name;
    report.count = 1;
    report.first = {size->why};
    if (counts.before) {
      auto difference = history.compare(now);
      if (!difference) {
        return difference.error();
      }
      report.difference = std::move(*difference);
    }
  }
  const auto known = history.listed(log_.forgivable(spec.name));
  if (!known) {
    return known.error();
  }
  log_.forgive(spec.name, *known);
  return {};
}

std::vector<canonical_key> load_guards::canary_keys() const {
  std::vector<canonical_key> keys;
  for (const canary& each : canaries_) {
    keys.insert(keys.end(), each.asked.begin(), each.asked.end());
  }
  return keys;
}

void load_guards::ask_canaries(const answer_source& ask) {
  canary_reports_ = check_canaries(canaries_, ask);
}

std::vector<guard_report> load_guards::reports() const {
  std::vector<guard_report> all = log_.reports();
  all.insert(all.end(), feeds_.begin(), feeds_.end());
  std::ranges::stable_sort(
      all, {}, [](const guard_report& each) { return std::tuple(each.feed, each.rule); });
  all.insert(all.end(), canary_reports_.begin(), canary_reports_.end());
  return all;
}

}  // namespace repute::load
