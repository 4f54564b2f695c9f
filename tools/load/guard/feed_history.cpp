// SPDX-License-Identifier: Apache-2.0
#include "load/guard/feed_history.hpp"

#include <algorithm>

#include "load/guard/row_guard.hpp"

namespace repute::load {

feed_history::feed_history(const store::snapshot_reader* snapshot, std::string_view feed)
    : snapshot_(snapshot) {
  if (snapshot_ == nullptr) {
    return;
  }
  const auto& feeds = snapshot_->feeds();
  const auto at = std::ranges::find(feeds, feed, &store::feed_info::name);
  if (at != feeds.end()) {
    number_ = static_cast<std::uint16_t>(at - feeds.begin());
    rows_ = at->rows;
  }
}

store::result<std::vector<record_place>> feed_history::listed(
    const std::vector<record_place>& places) const {
  std::vector<record_place> known;
  if (!rows_ || places.empty()) {
    return known;
  }
  auto cursor = snapshot_->records();
  if (!cursor) {
    return cursor.error();
  }
  for (const record_place& wanted : places) {
    if (const auto found = cursor->seek(wanted.kind, wanted.key, wanted.prefix_length); !found) {
      return found.error();
    }
    store::record row;
    auto more = cursor->next(row);
    for (; more && *more && place_of(row) == wanted; more = cursor->next(row)) {
      if (row.feed == number_ && is_listing(row.verdict, row.exclusion)) {
        known.push_back(wanted);
        break;
      }
    }
    if (!more) {
      return more.error();
    }
  }
  return known;
}

store::result<feed_difference> feed_history::compare(const record_source& now) const {
  if (!rows_) {
    return compare_feeds([](store::record&) { return false; }, now);
  }
  auto cursor = snapshot_->records();
  if (!cursor) {
    return cursor.error();
  }
  std::optional<store::failure> broken;
  const auto before = [&](store::record& row) {
    auto more = cursor->next(row);
    while (more && *more && row.feed != number_) {
      more = cursor->next(row);
    }
    if (!more) {
      broken = more.error();
    }
    return more && *more;
  };
  const feed_difference difference = compare_feeds(before, now);
  return broken ? store::result<feed_difference>(*broken) : difference;
}

}  // namespace repute::load
