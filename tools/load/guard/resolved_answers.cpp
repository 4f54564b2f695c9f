// SPDX-License-Identifier: Apache-2.0
#include "load/guard/resolved_answers.hpp"

#include <algorithm>
#include <iterator>

namespace repute::load {
namespace {

struct wanted_key {
  store::table_key key;
  std::size_t at = 0;
};

std::uint32_t in_range(const auto& ranges, const auto& address) {
  const auto after =
      std::upper_bound(ranges.begin(), ranges.end(), address,
                       [](const auto& wanted, const auto& range) { return wanted < range.start; });
  return after == ranges.begin() ? store::no_verdict : std::prev(after)->verdict;
}

}  // namespace

std::vector<answer> resolved_answers(const store::snapshot_content& content,
                                     std::span<const canonical_key> keys,
                                     seal::fingerprinter& fingerprints) {
  std::vector<wanted_key> wanted;
  std::vector<std::uint32_t> verdicts(keys.size(), store::no_verdict);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const repute::key made = fingerprints.make_key(keys[i]);
    const std::uint8_t* bytes = made.bytes().data();
    const repute::kind kind = keys[i].kind;
    wanted.push_back({is_ip(kind) ? store::table_key_of_address(kind, made.bytes(), content.ip_seed)
                                  : store::table_key_of(bytes),
                      i});
    if (kind == repute::kind::ip4) {
      verdicts[i] = in_range(content.ranges4, store::load_address4(bytes));
    } else if (kind == repute::kind::ip6) {
      verdicts[i] = in_range(content.ranges6, store::load_address6(bytes));
    }
  }
  std::ranges::sort(wanted, {}, &wanted_key::key);
  for (const store::resolved_key& row : content.keys) {
    for (auto at = std::ranges::lower_bound(wanted, row.key, {}, &wanted_key::key);
         at != wanted.end() && at->key == row.key; ++at) {
      verdicts[at->at] = row.verdict;
    }
  }
  std::vector<answer> answers(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (verdicts[i] != store::no_verdict && !content.verdicts[verdicts[i]].steps.empty()) {
      answers[i] = content.verdicts[verdicts[i]].steps.front().value;
    }
  }
  return answers;
}

}  // namespace repute::load
