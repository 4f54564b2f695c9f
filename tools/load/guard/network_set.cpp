// SPDX-License-Identifier: Apache-2.0
#include "load/guard/network_set.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace repute::load {
namespace {

template <class Address>
struct range {
  Address first{};
  Address last{};
};

range<std::uint32_t> range4(const canon::ip_prefix& prefix) noexcept {
  const std::uint32_t first = store::load_address4(prefix.address.data());
  return {first, first | static_cast<std::uint32_t>(0xffffffffULL >> prefix.length)};
}

range<store::address6> range6(const canon::ip_prefix& prefix) noexcept {
  constexpr std::uint64_t ones = ~std::uint64_t{0};
  const store::address6 first = store::load_address6(prefix.address.data());
  if (prefix.length >= 64) {
    const unsigned low = prefix.length - 64U;
    return {first, {first.high, first.low | (low == 64 ? 0 : ones >> low)}};
  }
  return {first, {first.high | ones >> prefix.length, ones}};
}

template <class Family, class Range>
void add(Family& to, const labelled_network& network, const Range& range) {
  if (!to.last.empty() && range.first <= to.last.back()) {
    return;  // inside the network before it, which is wider
  }
  to.first.push_back(range.first);
  to.last.push_back(range.last);
  to.networks.push_back(network);
}

constexpr unsigned index_bits = 12;

std::size_t top_bits(std::uint32_t address) noexcept {
  return address >> (32 - index_bits);
}
std::size_t top_bits(const store::address6& address) noexcept {
  return address.high >> (64 - index_bits);
}

template <class Family>
void make_index(Family& of) {
  of.begins.assign((std::size_t{1} << index_bits) + 1, 0);
  for (const auto& first : of.first) {
    ++of.begins[top_bits(first) + 1];
  }
  std::partial_sum(of.begins.begin(), of.begins.end(), of.begins.begin());
}

template <class Family, class Range>
const labelled_network* find(const Family& in, const Range& range) noexcept {
  if (in.first.empty()) {
    return nullptr;
  }
  const std::size_t top = top_bits(range.last);
  const auto after = std::upper_bound(in.first.begin() + in.begins[top],
                                      in.first.begin() + in.begins[top + 1], range.last);
  if (after == in.first.begin()) {
    return nullptr;
  }
  const auto at = static_cast<std::size_t>(after - in.first.begin()) - 1;
  return in.last[at] < range.first ? nullptr : &in.networks[at];
}

}  // namespace

network_set::network_set(const std::vector<labelled_network>& networks) {
  std::vector<labelled_network> sorted = networks;
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.network.address != b.network.address ? a.network.address < b.network.address
                                                  : a.network.length < b.network.length;
  });
  for (const labelled_network& each : sorted) {
    if (each.network.v6) {
      add(v6_, each, range6(each.network));
    } else {
      add(v4_, each, range4(each.network));
    }
  }
  make_index(v4_);
  make_index(v6_);
}

const labelled_network* network_set::overlapping(const canon::ip_prefix& prefix) const noexcept {
  return prefix.v6 ? find(v6_, range6(prefix)) : find(v4_, range4(prefix));
}

bool is_inside(const canon::ip_prefix& inner, const canon::ip_prefix& outer) noexcept {
  if (inner.v6 != outer.v6 || inner.length < outer.length) {
    return false;
  }
  if (inner.v6) {
    const auto wide = range6(outer);
    const auto narrow = range6(inner);
    return wide.first <= narrow.first && narrow.last <= wide.last;
  }
  const auto wide = range4(outer);
  const auto narrow = range4(inner);
  return wide.first <= narrow.first && narrow.last <= wide.last;
}

}  // namespace repute::load
