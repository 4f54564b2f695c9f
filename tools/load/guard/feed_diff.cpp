// SPDX-License-Identifier: Apache-2.0
#include "load/guard/feed_diff.hpp"

#include <optional>

namespace repute::load {
namespace {

// A source that is looked at before it is moved on.
class side {
 public:
  explicit side(const record_source& from) : from_(from) { next(); }

  [[nodiscard]] bool done() const noexcept { return !place_; }
  [[nodiscard]] const store::record_position& place() const noexcept { return *place_; }
  [[nodiscard]] std::string text() const {
    return (row_.exclusion ? "!" : "") + std::string(row_.text) +
           (row_.kind == kind::domain ? " (names under it)" : "");
  }

  // Leaves the present key with all its rows.
  void next() {
    const auto left = place_;
    do {
      place_ = from_(row_) ? std::optional(position_of(row_)) : std::nullopt;
    } while (place_ && place_ == left);
  }

 private:
  const record_source& from_;
  store::record row_;
  std::optional<store::record_position> place_;
};

void tell(const side& of, std::vector<std::string>& first) {
  if (first.size() < rows_told_max) {
    first.push_back(of.text());
  }
}

}  // namespace

record_source rows_of(const store::record_set& records, std::uint16_t feed) {
  return [&records, feed, at = std::size_t{0}](store::record& out) mutable {
    for (; at < records.size(); ++at) {
      out = records[at];
      if (out.feed == feed) {
        ++at;
        return true;
      }
    }
    return false;
  };
}

feed_difference compare_feeds(const record_source& before, const record_source& now) {
  feed_difference out;
  side old_side(before);
  side new_side(now);
  while (!old_side.done() || !new_side.done()) {
    if (new_side.done() || (!old_side.done() && old_side.place() < new_side.place())) {
      ++out.removed;
      tell(old_side, out.first_removed);
      old_side.next();
    } else if (old_side.done() || new_side.place() < old_side.place()) {
      ++out.added;
      tell(new_side, out.first_added);
      new_side.next();
    } else {
      ++out.kept;
      old_side.next();
      new_side.next();
    }
  }
  return out;
}

}  // namespace repute::load
