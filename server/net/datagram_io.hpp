// SPDX-License-Identifier: Apache-2.0
// The back-end table: how datagrams come in and go out. Today recvmmsg and sendmmsg; a second back
// end (AF_XDP) needs these two calls and nothing of query/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "net/udp_socket.hpp"
#include "query/datagram.hpp"

namespace repute::net {

/// One worker's way to its datagrams. One thread; buffers are allocated by the constructor only.
class datagram_io {
 public:
  virtual ~datagram_io() = default;

  /// Takes what has arrived, without waiting: at most query::batch_max datagrams, valid until the
  /// next call. `realtime_ns` is set to the time that their waiting is measured against.
  [[nodiscard]] virtual std::span<const query::datagram> receive(std::uint64_t& realtime_ns) = 0;

  /// True if receive() has more without asking the kernel: native_handle() does not tell of that.
  [[nodiscard]] virtual bool has_more() const noexcept = 0;

  /// Sends replies to datagrams of the last receive(), each from the address that was asked.
  /// Returns how many the kernel did not take: one that cannot be sent does not hold up the others.
  [[nodiscard]] virtual std::size_t send(std::span<const query::reply> replies) = 0;

  /// Datagrams that arrived and were thrown away before receive() could take them; those that the
  /// kernel had merged count once. Any thread, at any time.
  [[nodiscard]] virtual std::uint32_t kernel_drops() const noexcept = 0;

  /// Bytes that may wait before receive() takes them, and that do, by the kernel's own account.
  [[nodiscard]] virtual int receive_buffer() const noexcept = 0;
  [[nodiscard]] virtual int waiting_bytes() const noexcept = 0;
  virtual void set_receive_buffer(int bytes) noexcept = 0;

  /// Descriptor that is readable when datagrams wait.
  [[nodiscard]] virtual int native_handle() const noexcept = 0;
};

/// What travels together, where the kernel can.
struct merging {
  bool replies = true;   ///< to one peer within a batch leave as one send (reply_merger.hpp)
  bool requests = true;  ///< of one peer that come one behind the other are received as one
};

/// recvmmsg and sendmmsg on a socket of its own.
[[nodiscard]] std::unique_ptr<datagram_io> make_mmsg_io(udp_socket socket, merging merge = {});

}  // namespace repute::net
