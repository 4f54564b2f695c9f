// SPDX-License-Identifier: Apache-2.0
#include "load/cover_index.hpp"

#include <algorithm>
#include <compare>
#include <functional>
#include <utility>

namespace repute::load {
namespace {

struct place {
  key_order key;
  std::uint8_t prefix_length = 0;

  auto operator<=>(const place&) const = default;
};

place place_of(const cover_row& row) noexcept {
  return {order_of(row.key), row.prefix_length};
}

// Where a key would be in its room if keys were spread evenly, as fingerprints are.
std::size_t guess(const std::vector<cover_row>& room, const key_order& key) noexcept {
  __extension__ using wide = unsigned __int128;
  const auto share = key.first << 8;  // the first byte chose the room
  return static_cast<std::size_t>((static_cast<wide>(share) * room.size()) >> 64);
}

// A stretch of `room` in which the first row not below `wanted` lies, or just behind which. The
// guess is near and few cache lines are touched; addresses are not even, and take some steps more.
std::pair<std::ptrdiff_t, std::ptrdiff_t> bracket(const std::vector<cover_row>& room,
                                                  const place& wanted) noexcept {
  const auto size = static_cast<std::ptrdiff_t>(room.size());
  const auto middle = static_cast<std::ptrdiff_t>(guess(room, wanted.key));
  const auto below = [&](std::ptrdiff_t at) {
    return place_of(room[static_cast<std::size_t>(at)]) < wanted;
  };
  std::ptrdiff_t step = 16;
  if (middle < size && below(middle)) {
    std::ptrdiff_t from = middle;
    while (from + step < size && below(from + step)) {
      from += step;
      step *= 2;
    }
    return {from, std::min(size, from + step)};
  }
  std::ptrdiff_t to = std::min(middle, size);
  while (to - step >= 0 && !below(to - step)) {
    to -= step;
    step *= 2;
  }
  return {std::max<std::ptrdiff_t>(0, to - step), to};
}

bool contains(const covering_prefix& network, const fingerprint& address) noexcept {
  const std::size_t bytes = network.length / 8U;
  const unsigned bits = network.length % 8U;
  return std::equal(network.start.begin(),
                    network.start.begin() + static_cast<std::ptrdiff_t>(bytes), address.begin()) &&
         (bits == 0 || ((network.start[bytes] ^ address[bytes]) >> (8 - bits)) == 0);
}

}  // namespace

cover_index::cover_index(row_pile& pile) : rooms_(pile.take_covers()) {
  const auto hashes = pile.take_cover_hashes();
  for (std::size_t kind = 0; kind < filters_.size(); ++kind) {
    filters_[kind] = store::key_filter(hashes[kind]);
  }
  link_prefixes(kind::ip4, prefixes4_);
  link_prefixes(kind::ip6, prefixes6_);
}

void cover_index::prefetch_rows(kind kind, const fingerprint& key) const noexcept {
  const std::vector<cover_row>& room = rooms_[room_of(kind, key)];
  if (!room.empty()) {
    __builtin_prefetch(&room[guess(room, order_of(key))]);
  }
}

std::span<const cover_row> cover_index::rows_of(kind kind, const fingerprint& key) const noexcept {
  const std::vector<cover_row>& room = rooms_[room_of(kind, key)];
  const place wanted{order_of(key), is_ip(kind) ? full_length(kind) : std::uint8_t{0}};
  const auto [from, to] = bracket(room, wanted);
  const auto first = std::lower_bound(
      room.begin() + from, room.begin() + to, wanted,
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
  const auto after =
      std::ranges::upper_bound(all, order_of(address), std::less(),
                               [](const covering_prefix& each) { return order_of(each.start); });
  auto found = static_cast<std::uint32_t>(after - all.begin()) - 1;
  while (found != covering_prefix::none && !contains(all[found], address)) {
    found = all[found].parent;
  }
  return found;
}

}  // namespace repute::load
