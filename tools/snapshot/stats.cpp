// SPDX-License-Identifier: Apache-2.0
#include "snapshot/stats.hpp"

#include <algorithm>

#include "snapshot/group_stream.hpp"

namespace repute::snapshot {
namespace {

constexpr std::uint64_t seconds_per_hour = 3600;
constexpr std::uint64_t seconds_per_day = 86400;

expiry_class expiry_of(const store::record& row, std::uint64_t now_unix_s) noexcept {
  const std::uint64_t end = row.expires_h * seconds_per_hour;
  if (end == 0) {
    return expiry_class::never;
  }
  if (end <= now_unix_s) {
    return expiry_class::ended;
  }
  const std::uint64_t left = end - now_unix_s;
  return left <= seconds_per_day        ? expiry_class::within_a_day
         : left <= 7 * seconds_per_day  ? expiry_class::within_a_week
         : left <= 30 * seconds_per_day ? expiry_class::within_30_days
                                        : expiry_class::later;
}

void count_row(const store::record& row, std::uint64_t now_unix_s, statistics& into) {
  ++into.rows;
  ++into.rows_by_kind[row.kind];
  ++into.rows_by_expiry[static_cast<std::size_t>(expiry_of(row, now_unix_s))];
  feed_stats& feed = into.feeds[row.feed];
  ++feed.rows;
  if (row.exclusion) {
    ++into.exclusions;
    ++feed.exclusions;
  } else {
    ++into.rows_by_verdict[static_cast<std::size_t>(row.verdict)];
  }
}

// `feeds` are the distinct feeds of one key, ascending.
void count_key(const std::vector<std::uint16_t>& feeds, statistics& into) {
  ++into.keys;
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    ++into.feeds[feeds[i]].keys;
    into.feeds[feeds[i]].only_here += feeds.size() == 1 ? 1 : 0;
    for (std::size_t j = i + 1; j < feeds.size(); ++j) {
      ++into.overlap[{feeds[i], feeds[j]}];
    }
  }
}

}  // namespace

std::string_view word(expiry_class value) noexcept {
  switch (value) {
    case expiry_class::ended:
      return "ended";
    case expiry_class::within_a_day:
      return "within-a-day";
    case expiry_class::within_a_week:
      return "within-a-week";
    case expiry_class::within_30_days:
      return "within-30-days";
    case expiry_class::later:
      return "later";
    default:
      return "never";
  }
}

store::result<statistics> count_rows(const store::snapshot_reader& reader,
                                     std::uint64_t now_unix_s) {
  auto groups = group_stream::open(reader);
  if (!groups) {
    return groups.error();
  }
  statistics out;
  out.feeds.resize(reader.feeds().size());
  store::record_set rows;
  std::vector<std::uint16_t> feeds;
  while (!groups->at_end()) {
    if (const auto taken = groups->take(rows); !taken) {
      return taken.error();
    }
    feeds.clear();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const store::record row = rows[i];
      if (row.feed >= out.feeds.size()) {
        return store::failure{store::store_error::corrupt,
                              reader.path().string() + ": a record of no feed that it knows"};
      }
      count_row(row, now_unix_s, out);
      if (feeds.empty() || feeds.back() != row.feed) {
        feeds.push_back(row.feed);
      }
    }
    count_key(feeds, out);
  }
  return out;
}

}  // namespace repute::snapshot
