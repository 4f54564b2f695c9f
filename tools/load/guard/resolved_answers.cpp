// SPDX-License-Identifier: Apache-2.0
#include "load/guard/resolved_answers.hpp"

#include <algorithm>
#include <iterator>

namespace repute::load {
namespace {

std::uint32_t in_range(const auto& ranges, const auto& address) {
  const auto after =
      std::upper_bound(ranges.begin(), ranges.end(), address,
                       [](const auto& wanted, const auto& range) { return wanted < range.start; });
  return after == ranges.begin() ? store::no_verdict : std::prev(after)->verdict;
}

}  // namespace

resolved_answers::resolved_answers(std::span<const canonical_key> keys,
                                   const seal::fingerprinter& fingerprints, std::uint64_t ip_seed) {
  for (const canonical_key& each : keys) {
    const repute::key& made = addresses_.emplace_back(fingerprints.make_key(each));
    const auto key = is_ip(each.kind)
                         ? store::table_key_of_address(each.kind, made.bytes(), ip_seed)
                         : store::table_key_of(made.bytes().data());
    wanted_.push_back({key, store::no_verdict, addresses_.size() - 1});
  }
  std::ranges::sort(wanted_, {}, &wanted_key::key);
}

void resolved_answers::see(const store::resolved_key& key) noexcept {
  for (auto at = std::ranges::lower_bound(wanted_, key.key, {}, &wanted_key::key);
       at != wanted_.end() && at->key == key.key; ++at) {
    at->verdict = key.verdict;
  }
}

std::vector<answer> resolved_answers::answers(const store::snapshot_frame& frame) const {
  std::vector<answer> out(addresses_.size());
  for (const wanted_key& each : wanted_) {
    std::uint32_t verdict = each.verdict;
    const repute::key& key = addresses_[each.at];
    if (verdict == store::no_verdict && key.kind() == kind::ip4) {
      verdict = in_range(frame.ranges4, store::load_address4(key.bytes().data()));
    } else if (verdict == store::no_verdict && key.kind() == kind::ip6) {
      verdict = in_range(frame.ranges6, store::load_address6(key.bytes().data()));
    }
    if (verdict != store::no_verdict && !frame.verdicts[verdict].steps.empty()) {
      out[each.at] = frame.verdicts[verdict].steps.front().value;
    }
  }
  return out;
}

}  // namespace repute::load
