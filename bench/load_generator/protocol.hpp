// SPDX-License-Identifier: Apache-2.0
// What an engine needs to know of a protocol: how to make request n, and what a reply says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "repute/schema/bytes.hpp"

namespace repute::bench {

inline constexpr std::size_t request_bytes_max = 2048;
inline constexpr std::size_t reply_bytes_max = 2048;  ///< of a datagram

/// A request as it was written.
struct made_request {
  std::size_t bytes = 0;  ///< 0: did not fit, which ends the run
  std::uint16_t keys = 0;
  std::uint16_t listed = 0;  ///< of the keys, those that the server holds
};

/// For servers that do not look anything up, or whose data is not the bench's.
inline constexpr std::uint16_t listed_unknown = std::numeric_limits<std::uint16_t>::max();

/// A reply as it was read.
struct judged_reply {
  std::uint64_t id = 0;  ///< the request's number, cut to the protocol's id bits
  std::uint16_t keys = 0;
  std::uint16_t listed = 0;  ///< or listed_unknown
  bool error = false;        ///< an answer that answers nothing: BUSY, SERVFAIL
};

/// One server's language. Both calls are made for each request: no allocation, no system call. One
/// thread at a time.
class protocol {
 public:
  virtual ~protocol() = default;

  /// Bits of a request's number that come back with its reply; 0 for streams, whose replies come in
  /// the order of their requests.
  [[nodiscard]] virtual unsigned id_bits() const noexcept = 0;

  /// Writes request number `n` to `to`, which has request_bytes_max bytes. The same number asks the
  /// same.
  [[nodiscard]] virtual made_request make(std::uint64_t n, byte_span to) noexcept = 0;

  /// Reads the reply at the front of `bytes` and returns how many bytes it takes. 0: no whole reply
  /// yet (streams), or not a reply of this protocol (datagrams).
  [[nodiscard]] virtual std::size_t judge(byte_view bytes, judged_reply& out) noexcept = 0;
};

}  // namespace repute::bench
