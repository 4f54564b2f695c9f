// SPDX-License-Identifier: Apache-2.0
#include "core/batch.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "repute/schema/message.hpp"
#include "repute/schema/wire.hpp"

namespace repute::core {
namespace {

bool less(const key& a, const key& b) noexcept {
  return a.kind() != b.kind() ? a.kind() < b.kind()
                              : std::ranges::lexicographical_compare(a.bytes(), b.bytes());
}

}  // namespace

unique_keys deduplicate(std::span<const key> keys) {
  std::vector<std::uint32_t> order(keys.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::stable_sort(
      order, [&](std::uint32_t a, std::uint32_t b) { return less(keys[a], keys[b]); });

  // first[i]: the earliest key equal to the i-th; the sort is stable, so it leads its run.
  std::vector<std::uint32_t> first(keys.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool repeats = i > 0 && keys[order[i]] == keys[order[i - 1]];
    first[order[i]] = repeats ? first[order[i - 1]] : order[i];
  }

  unique_keys result;
  result.keys.reserve(keys.size());
  result.position.resize(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    assert(first[i] <= i);
    if (first[i] == i) {
      result.position[i] = static_cast<std::uint32_t>(result.keys.size());
      result.keys.push_back(keys[i]);
    } else {
      result.position[i] = result.position[first[i]];
    }
  }
  return result;
}

std::size_t datagram_share(std::span<const key> keys) noexcept {
  std::size_t count = 0;
  std::size_t signatures = 0;
  while (count < std::min(keys.size(), wire::keys_max)) {
    signatures += keys[count].kind() == kind::text_sig ? 1u : 0u;
    if (signatures > wire::text_signatures_max || !wire::request_size(keys.first(count + 1))) {
      break;
    }
    ++count;
  }
  assert(keys.empty() || count > 0);
  return count;
}

}  // namespace repute::core
