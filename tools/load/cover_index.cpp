// SPDX-License-Identifier: Apache-2.0
#include "load/cover_index.hpp"

#include <algorithm>
#include <compare>

namespace repute::load {
namespace {

struct place {
  fingerprint key{};
  std::uint8_t prefix_length = 0;

  auto operator<=>(const place&) const = default;
};

place place_of(const cover_row& row) noexcept {
  return {row.key, row.prefix_length};
}

bool contains(const covering_prefix& network, const fingerprint& address) noexcept {
  const std::size_t bytes = network.length / 8U;
  const unsigned bits = network.length % 8U;
  return std::equal(network.start.begin(),
                    network.start.begin() + static_cast<std::ptrdiff_t>(bytes), address.begin()) &&
         (bits == 0 || ((network.start[bytes] ^ address[bytes]) >> (8 - bits)) == 0);
}

}  // namespace

cover_index::cover_index(row_pile& pile)
    : rooms_(pile.take_covers()), filter_(pile.take_cover_hashes()) {
  link_prefixes(kind::ip4, prefixes4_);
  link_prefixes(kind::ip6, prefixes6_);
}

std::span<const cover_row> cover_index::rows_of(kind kind, const fingerprint& key) const noexcept {
  const std::vector<cover_row>& room = rooms_[room_of(kind, key)];
  const place wanted{key, is_ip(kind) ? full_length(kind) : std::uint8_t{0}};
  const auto first = std::lower_bound(
      room.begin(), room.end(), wanted,
      [](const cover_row& row, const place& goal) { return place_of(row) < goal; });
  const auto last = std::find_if_not(
      first, room.end(), [&wanted](const cover_row& row) { return place_of(row) == wanted; });
  return {first, last};
}

// One pass with a stack of the networks that are open at an address.
void cover_index::link_prefixes(kind family, std::vector<covering_prefix>& into) const {
  for (unsigned byte = 0; byte < rooms_of_kind; ++byte) {
    const auto& room = rooms_[room_of(family, {static_cast<std::uint8_t>(byte)})];
    for (auto row = room.begin(); row < room.end();) {
      const auto last = std::find_if_not(
          row, room.end(), [&](const cover_row& r) { return place_of(r) == place_of(*row); });
      if (row->prefix_length < full_length(family)) {
        auto outer = static_cast<std::uint32_t>(into.size()) - 1;
        while (outer != covering_prefix::none && !contains(into[outer], row->key)) {
          outer = into[outer].parent;
        }
        into.push_back({row->key, row->prefix_length, outer, {row, last}});
      }
      row = last;
    }
  }
}

std::uint32_t cover_index::innermost(kind family, const fingerprint& address) const noexcept {
  const auto& all = prefixes(family);
  const auto after = std::upper_bound(
      all.begin(), all.end(), address,
      [](const fingerprint& goal, const covering_prefix& each) { return goal < each.start; });
  auto found = static_cast<std::uint32_t>(after - all.begin()) - 1;
  while (found != covering_prefix::none && !contains(all[found], address)) {
    found = all[found].parent;
  }
  return found;
}

}  // namespace repute::load
