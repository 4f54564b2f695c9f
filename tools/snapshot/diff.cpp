// SPDX-License-Identifier: Apache-2.0
#include "snapshot/diff.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "load/resolver.hpp"
#include "repute/schema/test_points.hpp"
#include "snapshot/group_stream.hpp"

namespace repute::snapshot {
namespace {

using store::record;
using store::record_set;
using store::result;

constexpr std::uint16_t no_feed = std::numeric_limits<std::uint16_t>::max();

std::uint16_t number_of(const std::vector<store::feed_info>& feeds, std::string_view name) {
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    if (feeds[i].name == name) {
      return static_cast<std::uint16_t>(i);
    }
  }
  return no_feed;
}

// Feed number in `from` -> feed number in `to`.
std::vector<std::uint16_t> map_feeds(const std::vector<store::feed_info>& from,
                                     const std::vector<store::feed_info>& to) {
  std::vector<std::uint16_t> map;
  for (const store::feed_info& feed : from) {
    map.push_back(number_of(to, feed.name));
  }
  return map;
}

// One of the two snapshots while it is walked.
struct side {
  side(const store::snapshot_reader& opened, group_stream groups_of, const diff_filter& filter)
      : reader(&opened),
        groups(std::move(groups_of)),
        test_points(number_of(opened.feeds(), test_point_feed)),
        only_feed(number_of(opened.feeds(), filter.feed)),
        hour(static_cast<std::uint32_t>(opened.meta().info.created_unix_s /
                                        load::seconds_per_hour)) {}

  [[nodiscard]] const std::string& feed_name(const record& row) const {
    static const std::string unknown;
    return row.feed < reader->feeds().size() ? reader->feeds()[row.feed].name : unknown;
  }

  [[nodiscard]] answer verdict() const {
    std::vector<load::claim> claims;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      claims.push_back({rows[i], 0});
    }
    const auto resolved = load::resolve_claims(claims, test_points, hour);
    return resolved.steps.empty() ? answer() : resolved.steps.front().value;
  }

  [[nodiscard]] std::vector<std::string> feeds() const {
    std::set<std::string> names;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      names.insert(feed_name(rows[i]));
    }
    return {names.begin(), names.end()};
  }

  const store::snapshot_reader* reader;
  group_stream groups;
  std::uint16_t test_points;
  std::uint16_t only_feed;
  std::uint32_t hour;
  record_set rows;  // of the group in hand; empty if this side has none
};

class walk {
 public:
  walk(side before, side after, const diff_filter& filter, const change_visitor& visit)
      : before_(std::move(before)),
        after_(std::move(after)),
        filter_(filter),
        visit_(visit),
        map_(map_feeds(before_.reader->feeds(), after_.reader->feeds())),
        same_numbers_(before_.reader->feeds().size() == after_.reader->feeds().size()) {
    for (std::size_t i = 0; i < map_.size(); ++i) {
      same_numbers_ = same_numbers_ && map_[i] == i;
    }
  }

  result<bool> rows();
  bool live();

 private:
  [[nodiscard]] bool equal_blocks() const;
  [[nodiscard]] result<bool> skip_equal_blocks();
  [[nodiscard]] bool wanted(kind value) const {
    return !filter_.kind || subject_of(value) == *filter_.kind;
  }
  result<void> take_group(side& from, const store::record_position& at) const;
  [[nodiscard]] bool same_group() const;
  [[nodiscard]] bool same_rows_of(const std::string& feed) const;
  [[nodiscard]] change describe() const;
  [[nodiscard]] bool take_live(const store::live_entry* was, const store::live_entry* is);

  side before_;
  side after_;
  const diff_filter& filter_;
  const change_visitor& visit_;
  std::vector<std::uint16_t> map_;
  bool same_numbers_;
};

// Blocks that hold the same rows and whose last group ends with them.
bool walk::equal_blocks() const {
  const byte_view a = before_.groups.block();
  const byte_view b = after_.groups.block();
  const auto left = store::read_block_summary(a);
  const auto right = store::read_block_summary(b);
  if (!left || !right || left->last != right->last || before_.groups.group_outlasts(left->last) ||
      after_.groups.group_outlasts(left->last)) {
    return false;
  }
  return same_numbers_ ? left->content == right->content : store::same_rows(a, b, map_);
}

result<bool> walk::skip_equal_blocks() {
  if (before_.groups.at_end() || after_.groups.at_end() || !before_.groups.at_block() ||
      !after_.groups.at_block() || !equal_blocks()) {
    return false;
  }
  for (side* each : {&before_, &after_}) {
    if (const auto done = each->groups.skip_block(); !done) {
      return done.error();
    }
  }
  return true;
}

// Rows of the group at `at`, without those that the filter leaves out.
result<void> walk::take_group(side& from, const store::record_position& at) const {
  from.rows.clear();
  if (from.groups.at_end() || from.groups.position() != at) {
    return {};
  }
  if (filter_.feed.empty()) {
    return from.groups.take(from.rows);
  }
  record_set all;
  if (const auto taken = from.groups.take(all); !taken) {
    return taken;
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].feed == from.only_feed) {
      from.rows.add(all[i]);
    }
  }
  return {};
}

bool walk::same_group() const {
  if (before_.rows.size() != after_.rows.size()) {
    return false;
  }
  for (std::size_t i = 0; i < before_.rows.size(); ++i) {
    record mapped = before_.rows[i];
    mapped.feed = mapped.feed < map_.size() ? map_[mapped.feed] : no_feed;
    if (!same_content(mapped, after_.rows[i])) {
      return false;
    }
  }
  return true;
}

bool walk::same_rows_of(const std::string& feed) const {
  std::size_t at = 0;
  for (std::size_t i = 0; i < before_.rows.size(); ++i) {
    record mapped = before_.rows[i];
    if (before_.feed_name(mapped) != feed) {
      continue;
    }
    while (at < after_.rows.size() && after_.feed_name(after_.rows[at]) != feed) {
      ++at;
    }
    if (at == after_.rows.size()) {
      return false;
    }
    mapped.feed = after_.rows[at].feed;
    if (!same_content(mapped, after_.rows[at])) {
      return false;
    }
    ++at;
  }
  for (; at < after_.rows.size(); ++at) {
    if (after_.feed_name(after_.rows[at]) == feed) {
      return false;
    }
  }
  return true;
}

change walk::describe() const {
  change out;
  const record first = after_.rows.size() != 0 ? after_.rows[0] : before_.rows[0];
  out.what = before_.rows.size() == 0  ? change_kind::added
             : after_.rows.size() == 0 ? change_kind::removed
                                       : change_kind::changed;
  out.kind = first.kind;
  out.prefix_length = first.prefix_length;
  out.key = shown_key(first);
  out.before = before_.verdict();
  out.after = after_.verdict();
  out.severity = severity_of(out.before, out.after);
  out.feeds_before = before_.feeds();
  out.feeds_after = after_.feeds();
  std::set<std::string> all(out.feeds_before.begin(), out.feeds_before.end());
  all.insert(out.feeds_after.begin(), out.feeds_after.end());
  const auto among = [](const std::vector<std::string>& names, const std::string& name) {
    return std::binary_search(names.begin(), names.end(), name);
  };
  for (const std::string& feed : all) {
    if (!among(out.feeds_before, feed)) {
      out.feed_changes.push_back({feed, change_kind::added});
    } else if (!among(out.feeds_after, feed)) {
      out.feed_changes.push_back({feed, change_kind::removed});
    } else if (!same_rows_of(feed)) {
      out.feed_changes.push_back({feed, change_kind::changed});
    }
  }
  return out;
}

// False if the visitor has had enough.
result<bool> walk::rows() {
  for (;;) {
    const auto skipped = skip_equal_blocks();
    if (!skipped) {
      return skipped.error();
    }
    if (*skipped) {
      continue;
    }
    if (before_.groups.at_end() && after_.groups.at_end()) {
      return true;
    }
    const store::record_position at =
        before_.groups.at_end()  ? after_.groups.position()
        : after_.groups.at_end() ? before_.groups.position()
                                 : std::min(before_.groups.position(), after_.groups.position());
    for (side* each : {&before_, &after_}) {
      if (const auto taken = take_group(*each, at); !taken) {
        return taken.error();
      }
    }
    if (wanted(at.kind) && !same_group() && !visit_(describe())) {
      return false;
    }
  }
}

answer answer_of(const store::live_entry* entry) {
  answer out;
  if (entry != nullptr && entry->action == store::live_action::put) {
    out.status = status::listed;
    out.verdict = entry->verdict;
    out.score = entry->score;
    out.category = entry->category;
    out.ttl_s = entry->cache_ttl_s;
  }
  return out;
}

bool walk::take_live(const store::live_entry* was, const store::live_entry* is) {
  const store::live_entry& shown = is != nullptr ? *is : *was;
  if (!wanted(shown.kind) || (was != nullptr && is != nullptr && *was == *is)) {
    return true;
  }
  change out;
  out.layer = shown.layer == store::live_layer::live ? layer::live : layer::override;
  out.what = was == nullptr  ? change_kind::added
             : is == nullptr ? change_kind::removed
                             : change_kind::changed;
  out.kind = shown.kind;
  out.prefix_length = shown.prefix_length;
  record named;
  named.kind = shown.kind;
  named.key = shown.key;
  named.prefix_length = shown.prefix_length;
  named.text = shown.text;
  out.key = shown_key(named);
  out.before = answer_of(was);
  out.after = answer_of(is);
  out.severity = severity_of(out.before, out.after);
  return visit_(out);
}

bool walk::live() {
  if (!filter_.feed.empty()) {
    return true;
  }
  const auto& was = before_.reader->live();
  const auto& is = after_.reader->live();
  std::size_t a = 0;
  std::size_t b = 0;
  while (a < was.size() || b < is.size()) {
    const bool only_before = b == is.size() || (a < was.size() && live_less(was[a], is[b]));
    const bool only_after = a == was.size() || (b < is.size() && live_less(is[b], was[a]));
    const store::live_entry* left = only_after ? nullptr : &was[a];
    const store::live_entry* right = only_before ? nullptr : &is[b];
    if (!take_live(left, right)) {
      return false;
    }
    a += left != nullptr ? 1 : 0;
    b += right != nullptr ? 1 : 0;
  }
  return true;
}

}  // namespace

result<void> diff(const store::snapshot_reader& before, const store::snapshot_reader& after,
                  const diff_filter& filter, const change_visitor& visit) {
  auto left = group_stream::open(before);
  auto right = group_stream::open(after);
  if (!left || !right) {
    return left ? right.error() : left.error();
  }
  walk both(side(before, std::move(*left), filter), side(after, std::move(*right), filter), filter,
            visit);
  const auto walked = both.rows();
  if (!walked) {
    return walked.error();
  }
  if (*walked) {
    both.live();
  }
  return {};
}

}  // namespace repute::snapshot
