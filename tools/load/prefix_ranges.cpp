// SPDX-License-Identifier: Apache-2.0
#include "load/prefix_ranges.hpp"

#include <utility>

namespace repute::load {
namespace {

using store::address6;
using store::no_verdict;

// First address after a prefix; wraps to zero after the last one of the family.
std::uint32_t end_of(std::uint32_t start, unsigned length) {
  return length == 0 ? 0 : start + (std::uint32_t{1} << (32 - length));
}
address6 end_of(address6 start, unsigned length) {
  if (length == 0) {
    return {};
  }
  if (length <= 64) {
    return {start.high + (std::uint64_t{1} << (64 - length)), 0};
  }
  const std::uint64_t low = start.low + (std::uint64_t{1} << (128 - length));
  return {start.high + (low == 0 ? 1 : 0), low};
}

// One sweep over prefixes sorted by address, shorter first: the innermost open prefix is in force.
template <class Address>
class sweep {
 public:
  void open(Address start, unsigned length, std::uint32_t verdict) {
    close_until(&start);
    open_.push_back({end_of(start, length), verdict});
    begin_range(start, verdict);
  }
  std::vector<store::resolved_range<Address>> finish() {
    close_until(nullptr);
    return std::move(ranges_);
  }

 private:
  struct open_prefix {
    Address end{};  // zero: the end of the family
    std::uint32_t verdict = no_verdict;
  };

  void begin_range(Address start, std::uint32_t verdict) {
    if (!ranges_.empty() && ranges_.back().start == start) {
      ranges_.back().verdict = verdict;
    } else {
      ranges_.push_back({start, verdict});
    }
  }
  void close_until(const Address* start) {
    while (!open_.empty() &&
           (start == nullptr || (open_.back().end != Address{} && open_.back().end <= *start))) {
      const Address end = open_.back().end;
      open_.pop_back();
      if (end != Address{}) {
        begin_range(end, open_.empty() ? no_verdict : open_.back().verdict);
      }
    }
  }

  std::vector<open_prefix> open_;
  std::vector<store::resolved_range<Address>> ranges_;
};

// An excluded range needs no mark of its own: addresses have no less specific key to ask. False if
// nothing is said about it at any time.
bool unmark_exclusions(store::resolved_verdict& resolved) {
  bool speaks = false;
  for (store::verdict_step& step : resolved.steps) {
    const bool excluded = step.value.verdict == verdict::none;
    step.value.status = excluded ? status::not_listed : step.value.status;
    speaks = speaks || !excluded;
  }
  return speaks;
}

}  // namespace

std::vector<std::uint32_t> prefix_resolver::verdicts_of(kind family) const {
  std::vector<store::resolved_verdict> resolved;
  verdict_memo memo(pool_, fixed_feed_, now_h_, resolved);
  const auto& prefixes = covers_.prefixes(family);
  std::vector<std::uint32_t> memo_index;
  std::vector<said> claims;
  for (const covering_prefix& prefix : prefixes) {
    claims.clear();
    std::uint32_t level = 0;
    for (const covering_prefix* at = &prefix;; at = &prefixes[at->parent], ++level) {
      for (const cover_row& row : at->rows) {
        claims.push_back({row.attributes, level});
      }
      if (at->parent == covering_prefix::none) {
        break;
      }
    }
    memo_index.push_back(memo.index_of(family, claims));
  }
  std::vector<std::uint32_t> number;
  for (store::resolved_verdict& each : resolved) {
    number.push_back(unmark_exclusions(each) ? verdicts_.index_of(each) : no_verdict);
  }
  for (std::uint32_t& index : memo_index) {
    index = number[index];
  }
  return memo_index;
}

std::vector<store::resolved_range<std::uint32_t>> prefix_resolver::ranges4() const {
  const auto verdicts = verdicts_of(kind::ip4);
  const auto& prefixes = covers_.prefixes(kind::ip4);
  sweep<std::uint32_t> ranges;
  for (std::size_t i = 0; i < prefixes.size(); ++i) {
    ranges.open(store::load_address4(prefixes[i].start.data()), prefixes[i].length, verdicts[i]);
  }
  return ranges.finish();
}

std::vector<store::resolved_range<address6>> prefix_resolver::ranges6() const {
  const auto verdicts = verdicts_of(kind::ip6);
  const auto& prefixes = covers_.prefixes(kind::ip6);
  sweep<address6> ranges;
  for (std::size_t i = 0; i < prefixes.size(); ++i) {
    ranges.open(store::load_address6(prefixes[i].start.data()), prefixes[i].length, verdicts[i]);
  }
  return ranges.finish();
}

}  // namespace repute::load
