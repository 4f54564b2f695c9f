// SPDX-License-Identifier: Apache-2.0
// The connected sockets of one server.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/udp.hpp>
#include <cstddef>
#include <deque>
#include <span>
#include <vector>

#include "repute/schema/bytes.hpp"

namespace repute {

/// Not thread-safe. Sockets do not block.
class server_sockets {
 public:
  using udp = boost::asio::ip::udp;

  /// Throws boost::system::system_error if no socket can be made. An unreachable network is no
  /// error: it shows when something is sent.
  server_sockets(const boost::asio::any_io_executor& executor, const udp::endpoint& server,
                 std::size_t count);

  [[nodiscard]] std::size_t size() const noexcept { return sockets_.size(); }
  [[nodiscard]] udp::socket& at(std::size_t socket) { return sockets_.at(socket); }

  /// False if the network says that nobody is there. A full buffer is a loss like any other.
  [[nodiscard]] bool send(std::size_t socket, byte_view datagram);

  enum class received { datagram, nothing, refusal };
  /// Reads one datagram into `buffer`; `size` says how long it is.
  [[nodiscard]] received receive(std::size_t socket, std::span<std::uint8_t> buffer,
                                 std::size_t& size);

  /// A new socket, with another port. Waits on the old one end as cancelled.
  void rebind(std::size_t socket);
  /// Waits end as cancelled; nothing else may be called any more.
  void close();
  /// How often it was rebound: tells a wait on the old one from a wait on the new one.
  [[nodiscard]] unsigned life(std::size_t socket) const { return lives_.at(socket); }

 private:
  void connect(udp::socket& socket);

  udp::endpoint server_;
  std::deque<udp::socket> sockets_;
  std::vector<unsigned> lives_;
};

}  // namespace repute
