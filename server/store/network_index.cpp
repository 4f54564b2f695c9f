// SPDX-License-Identifier: Apache-2.0
#include "store/network_index.hpp"

#include <algorithm>
#include <tuple>

namespace repute::store {
namespace {

address6 last_of(address6 start, unsigned length) noexcept {
  const auto low_ones = [](unsigned count) {  // 0..64
    return count == 0 ? 0 : ~std::uint64_t{0} >> (64 - count);
  };
  return {start.high | low_ones(length >= 64 ? 0 : 64 - length),
          start.low | low_ones(length >= 64 ? 128 - length : 64)};
}

}  // namespace

// One sweep over networks sorted by address, wider first: those that are open hold one another.
network_index::network_index(std::vector<live_network> networks) {
  std::sort(networks.begin(), networks.end(), [](const live_network& a, const live_network& b) {
    return std::tie(a.start, a.length) < std::tie(b.start, b.length);
  });
  struct open_network {
    std::uint32_t index;
    address6 last;
  };
  std::vector<open_network> open;
  const auto close_before = [&](const address6* start) {
    while (!open.empty() && (start == nullptr || open.back().last < *start)) {
      address6 next = open.back().last;
      next.high += ++next.low == 0 ? 1 : 0;
      open.pop_back();
      if (next != address6{}) {  // else it ended with the last address of all
        begin_range(next, open.empty() ? none : open.back().index);
      }
    }
  };
  begin_range({}, none);
  for (const live_network& each : networks) {
    close_before(&each.start);
    const auto index = static_cast<std::uint32_t>(networks_.size());
    networks_.push_back({each.said, open.empty() ? none : open.back().index, each.length});
    open.push_back({index, last_of(each.start, each.length)});
    begin_range(each.start, index);
  }
  close_before(nullptr);
}

void network_index::begin_range(address6 start, std::uint32_t innermost) {
  if (!ranges_.empty() && ranges_.back().start == start) {
    ranges_.back().innermost = innermost;
  } else {
    ranges_.push_back({start, innermost});
  }
}

const live_said* network_index::find(address6 address, std::uint64_t now_unix_s,
                                     unsigned longest) const noexcept {
  if (networks_.empty()) {
    return nullptr;
  }
  const auto after =
      std::upper_bound(ranges_.begin(), ranges_.end(), address,
                       [](address6 wanted, const range& each) { return wanted < each.start; });
  for (std::uint32_t at = (after - 1)->innermost; at != none; at = networks_[at].around) {
    if (networks_[at].length <= longest && networks_[at].said.in_force(now_unix_s)) {
      return &networks_[at].said;
    }
  }
  return nullptr;
}

}  // namespace repute::store
