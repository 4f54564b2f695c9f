// SPDX-License-Identifier: Apache-2.0
#include "load/guard/feed_history.hpp"

#include <algorithm>

#include "load/guard/row_guard.hpp"

namespace repute::load {
namespace {

// The records of one feed, block by block.
class feed_rows {
 public:
  feed_rows(const store::snapshot_reader& of, store::block_cursor blocks, std::uint16_t feed)
      : path_(of.path().string()), blocks_(std::move(blocks)), feed_(feed) {}

  // The next one; false at the end, or if something is broken. Blocks that end before `from` are
  // not unpacked, others may give records before it.
  bool next(store::record& out, const store::record_position& from = {}) {
    do {
      while (at_ < rows_.size()) {
        out = rows_[at_++];
        if (out.feed == feed_) {
          return true;
        }
      }
    } while (fill(from));
    return false;
  }
  [[nodiscard]] const std::optional<store::failure>& broken() const noexcept { return broken_; }

 private:
  bool fill(const store::record_position& from) {
    while (!blocks_.at_end() && blocks_.after() && *blocks_.after() < from && advance()) {
    }
    rows_.clear();
    at_ = 0;
    if (broken_ || blocks_.at_end()) {
      return false;
    }
    if (!store::decode_block(blocks_.block(), rows_)) {
      broken_ = {store::store_error::corrupt, path_ + ": a block of records is broken"};
      return false;
    }
    return advance();
  }
  bool advance() {
    if (const auto moved = blocks_.advance(); !moved) {
      broken_ = moved.error();
    }
    return !broken_;
  }

  std::string path_;
  store::block_cursor blocks_;
  std::uint16_t feed_;
  store::record_set rows_;
  std::size_t at_ = 0;
  std::optional<store::failure> broken_;
};

}  // namespace

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

store::result<std::vector<store::record_position>> feed_history::listed(
    const std::vector<store::record_position>& places) const {
  std::vector<store::record_position> known;
  if (!rows_ || places.empty()) {
    return known;
  }
  auto blocks = snapshot_->blocks();
  if (!blocks) {
    return blocks.error();
  }
  feed_rows rows(*snapshot_, std::move(*blocks), number_);
  auto wanted = places.begin();
  for (store::record row; wanted != places.end() && rows.next(row, *wanted);) {
    const auto place = position_of(row);
    wanted =
        std::find_if(wanted, places.end(), [&place](const auto& each) { return each >= place; });
    if (wanted != places.end() && *wanted == place && is_listing(row.verdict, row.exclusion) &&
        (known.empty() || known.back() != place)) {
      known.push_back(place);
    }
  }
  return rows.broken() ? store::result<std::vector<store::record_position>>(*rows.broken()) : known;
}

store::result<feed_difference> feed_history::compare(const record_source& now) const {
  if (!rows_) {
    return compare_feeds([](store::record&) { return false; }, now);
  }
  auto blocks = snapshot_->blocks();
  if (!blocks) {
    return blocks.error();
  }
  feed_rows rows(*snapshot_, std::move(*blocks), number_);
  const feed_difference difference =
      compare_feeds([&rows](store::record& row) { return rows.next(row); }, now);
  return rows.broken() ? store::result<feed_difference>(*rows.broken()) : difference;
}

}  // namespace repute::load
