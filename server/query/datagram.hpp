// SPDX-License-Identifier: Apache-2.0
// What moves between net/ and query/: bytes with their endpoints, no sockets.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "repute/schema/bytes.hpp"

namespace repute::query {

inline constexpr std::size_t batch_max = 32;  ///< datagrams taken from the kernel at a time

/// An IP address and a port. IPv4 is held v4-mapped (::ffff:a.b.c.d), so that one comparison does.
struct endpoint {
  std::array<std::uint8_t, 16> address{};  ///< network order
  std::uint16_t port = 0;                  ///< host order

  bool operator==(const endpoint&) const = default;
};

/// A datagram as received. `bytes` belongs to the receiver and lives until its next receive.
struct datagram {
  byte_view bytes;
  endpoint peer;                ///< who sent it
  endpoint local;               ///< the address that was asked
  std::uint32_t waited_us = 0;  ///< time since the kernel took it from the wire
  bool broadcast = false;       ///< `local` is IPv4 and not this host's alone
  bool truncated = false;       ///< it was longer than a request may be; `bytes` is its head
};

/// A reply to send from `local` to `peer` of the batch's datagram `index`.
struct reply {
  std::size_t index = 0;
  byte_view bytes;
};

}  // namespace repute::query
