// SPDX-License-Identifier: Apache-2.0
#include "load/guard/violation_log.hpp"

#include <algorithm>
#include <tuple>

namespace repute::load {

void violation_log::add(std::string_view feed, guard_rule rule, logged_row row) {
  const std::lock_guard lock(mutex_);
  broken_rule& into = found_[{std::string(feed), rule}];
  ++into.count;
  if (into.rows.size() < rows_kept_max) {
    into.rows.push_back(std::move(row));
  }
}

std::vector<store::record_position> violation_log::forgivable(std::string_view feed) const {
  const std::lock_guard lock(mutex_);
  std::vector<store::record_position> places;
  for (const auto& [where, broken] : found_) {
    if (where.first == feed && is_forgivable(where.second)) {
      for (const logged_row& row : broken.rows) {
        places.insert(places.end(), row.records.begin(), row.records.end());
      }
    }
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

void violation_log::forgive(std::string_view feed,
                            const std::vector<store::record_position>& known) {
  const std::lock_guard lock(mutex_);
  const auto was_there = [&known](const logged_row& row) {
    return std::ranges::all_of(row.records, [&known](const store::record_position& place) {
      return std::binary_search(known.begin(), known.end(), place);
    });
  };
  for (auto& [where, broken] : found_) {
    if (where.first == feed && is_forgivable(where.second)) {
      broken.count -= std::erase_if(broken.rows, was_there);
    }
  }
}

std::vector<guard_report> violation_log::reports() const {
  const std::lock_guard lock(mutex_);
  std::vector<guard_report> out;
  for (const auto& [where, broken] : found_) {
    if (broken.count == 0) {
      continue;
    }
    guard_report& report = out.emplace_back();
    report.feed = where.first;
    report.rule = where.second;
    report.count = broken.count;
    std::vector<const logged_row*> rows;
    for (const logged_row& row : broken.rows) {
      rows.push_back(&row);
    }
    const auto told = std::min(rows.size(), rows_told_max);
    std::ranges::partial_sort(
        rows, rows.begin() + static_cast<std::ptrdiff_t>(told), {},
        [](const logged_row* row) { return std::tuple(row->file, row->at.line, row->at.column); });
    for (std::size_t i = 0; i < told; ++i) {
      report.first.push_back(rows[i]->told);
    }
  }
  return out;
}

}  // namespace repute::load
