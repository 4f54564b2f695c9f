// SPDX-License-Identifier: Apache-2.0
#include "snapshot/ranked_diff.hpp"

#include <algorithm>
#include <vector>

namespace repute::snapshot {
namespace {

using store::result;

std::size_t bytes_of(const change& value) {
  std::size_t bytes = sizeof value + value.key.size();
  for (const auto* names : {&value.feeds_before, &value.feeds_after}) {
    for (const std::string& name : *names) {
      bytes += sizeof name + name.size();
    }
  }
  return bytes + value.feed_changes.size() * sizeof(feed_change);
}

void count(const change& value, diff_summary& into) {
  into.keys.count(value.what);
  ++into.by_severity[static_cast<std::size_t>(value.severity)];
  for (const feed_change& each : value.feed_changes) {
    into.by_feed[each.feed].count(each.what);
  }
}

// One walk for each severity, the worst first, until enough were shown.
result<void> walk_by_severity(const store::snapshot_reader& before,
                              const store::snapshot_reader& after, const diff_filter& filter,
                              const diff_summary& summary, std::uint64_t left,
                              const change_visitor& visit) {
  for (std::size_t i = 0; i < severities_of_change && left != 0; ++i) {
    std::uint64_t of_this = summary.by_severity[i];
    if (of_this == 0) {
      continue;
    }
    const auto done = diff(before, after, filter, [&](const change& next) {
      if (static_cast<std::size_t>(next.severity) != i) {
        return true;
      }
      --of_this;
      left = visit(next) ? left - 1 : 0;
      return left != 0 && of_this != 0;
    });
    if (!done) {
      return done;
    }
  }
  return {};
}

}  // namespace

void change_counts::count(change_kind what) noexcept {
  ++(what == change_kind::added ? added : what == change_kind::removed ? removed : changed);
}

result<diff_summary> ranked_diff(const store::snapshot_reader& before,
                                 const store::snapshot_reader& after, const diff_filter& filter,
                                 const diff_limits& limits, const change_visitor& visit) {
  diff_summary summary;
  std::vector<change> kept;
  std::size_t bytes = 0;
  const auto walked = diff(before, after, filter, [&](const change& next) {
    count(next, summary);
    bytes += bytes_of(next);
    if (bytes <= limits.bytes_kept) {
      kept.push_back(next);
    }
    return true;
  });
  if (!walked) {
    return walked.error();
  }
  if (bytes > limits.bytes_kept) {
    kept.clear();
    const auto done = walk_by_severity(before, after, filter, summary, limits.shown, visit);
    return done ? result<diff_summary>(std::move(summary)) : done.error();
  }
  std::stable_sort(kept.begin(), kept.end(),
                   [](const change& a, const change& b) { return a.severity < b.severity; });
  std::uint64_t left = limits.shown;
  for (auto next = kept.begin(); next != kept.end() && left != 0; ++next) {
    left = visit(*next) ? left - 1 : 0;
  }
  return summary;
}

}  // namespace repute::snapshot
