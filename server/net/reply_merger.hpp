// SPDX-License-Identifier: Apache-2.0
// Which replies of a batch leave together. Pure: no sockets.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "query/datagram.hpp"

namespace repute::net {

/// One call of the kernel's send path: replies of one size to one peer, of which the last may be
/// shorter. The kernel cuts them apart again (UDP_SEGMENT, Linux 4.18).
struct departure {
  std::uint8_t first = 0;         ///< place in reply_merger::order()
  std::uint8_t count = 0;         ///< at least 1
  std::uint16_t piece_bytes = 0;  ///< size of each but the last
};

/// Bytes that one departure may have: what fits into an IPv4 packet with its headers.
inline constexpr std::size_t departure_bytes_max = 65'507;

/// Groups the replies of a batch by peer and asked address, so that a trip through the network
/// stack, which costs more than all lookups of a datagram, is made once a group. One thread.
class reply_merger {
 public:
  /// Departures of `replies` to datagrams of `batch`; each reply is in exactly one. With `merge`
  /// false each leaves alone. Valid until the next call.
  [[nodiscard]] std::span<const departure> plan(std::span<const query::reply> replies,
                                                std::span<const query::datagram> batch,
                                                bool merge) noexcept;

  /// Places in `replies`, in the order of the departures.
  [[nodiscard]] std::span<const std::uint8_t> order() const noexcept {
    return std::span(order_).first(size_);
  }

 private:
  void sort_into_groups(std::span<const query::reply> replies,
                        std::span<const query::datagram> batch) noexcept;

  std::size_t size_ = 0;
  std::array<std::uint8_t, query::batch_max> order_{};
  std::array<std::uint8_t, query::batch_max> group_{};  // of each reply
  std::array<departure, query::batch_max> departures_{};
};

}  // namespace repute::net
