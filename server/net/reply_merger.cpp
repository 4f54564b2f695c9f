// SPDX-License-Identifier: Apache-2.0
#include "net/reply_merger.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace repute::net {

static_assert(query::batch_max <= 64, "more than the kernel takes at once (UDP_MAX_SEGMENTS)");

// Gives each reply the number of the first one with the same endpoints, and orders by it. Within a
// group they stay in the order of their questions: whoever asks twice may count on that.
void reply_merger::sort_into_groups(std::span<const query::reply> replies,
                                    std::span<const query::datagram> batch) noexcept {
  for (std::size_t i = 0; i < size_; ++i) {
    const query::datagram& asked = batch[replies[i].index];
    std::size_t same = 0;
    for (; same < i; ++same) {
      const query::datagram& other = batch[replies[same].index];
      if (other.peer == asked.peer && other.local == asked.local) {
        break;
      }
    }
    group_[i] = same < i ? group_[same] : static_cast<std::uint8_t>(i);
  }
  std::ranges::sort(std::span(order_).first(size_), [&](std::uint8_t a, std::uint8_t b) {
    return group_[a] != group_[b] ? group_[a] < group_[b] : a < b;
  });
}

std::span<const departure> reply_merger::plan(std::span<const query::reply> replies,
                                              std::span<const query::datagram> batch,
                                              bool merge) noexcept {
  assert(replies.size() <= query::batch_max);
  size_ = replies.size();
  std::iota(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(size_), std::uint8_t{0});
  if (merge) {
    sort_into_groups(replies, batch);
  }
  std::size_t count = 0;
  std::size_t bytes = 0;
  bool open = false;  // the last departure takes more
  for (std::size_t at = 0; at < size_; ++at) {
    const std::size_t piece = replies[order_[at]].bytes.size();
    const bool same_group = merge && at != 0 && group_[order_[at]] == group_[order_[at - 1]];
    if (open && same_group && piece != 0 && piece <= departures_[count - 1].piece_bytes &&
        bytes + piece <= departure_bytes_max) {
      departure& last = departures_[count - 1];
      ++last.count;
      bytes += piece;
      open = piece == last.piece_bytes;
    } else {
      open = piece != 0 && piece <= departure_bytes_max;
      bytes = piece;
      departures_[count++] = {static_cast<std::uint8_t>(at), 1, static_cast<std::uint16_t>(piece)};
    }
  }
  return std::span(departures_).first(count);
}

}  // namespace repute::net
