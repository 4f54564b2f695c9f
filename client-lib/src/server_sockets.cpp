// SPDX-License-Identifier: Apache-2.0
#include "server_sockets.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

namespace repute {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// The socket has nothing to give at the moment, or no room; the timers take care of what is lost.
bool is_pause(const error_code& error) noexcept {
  return error == asio::error::would_block || error == asio::error::try_again ||
         error == asio::error::no_buffer_space || error == asio::error::interrupted;
}

}  // namespace

server_sockets::server_sockets(const asio::any_io_executor& executor, const udp::endpoint& server,
                               std::size_t count)
    : server_(server), lives_(count) {
  for (std::size_t i = 0; i < count; ++i) {
    connect(sockets_.emplace_back(executor, server.protocol()));
  }
}

void server_sockets::connect(udp::socket& socket) {
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.connect(server_, ignored);
}

bool server_sockets::send(std::size_t socket, byte_view datagram) {
  udp::socket& through = at(socket);
  const auto bytes = asio::buffer(datagram.data(), datagram.size());
  error_code error;
  through.send(bytes, 0, error);
  if (!error || is_pause(error)) {
    return true;
  }
  const bool refused = error == asio::error::connection_refused;
  if (!refused) {
    // No route, or the address that the socket had is gone: look for a way anew.
    through.connect(server_, error);
  }
  // After a refusal the kernel only reported what befell an earlier datagram, and sent nothing.
  through.send(bytes, 0, error);
  return !refused && (!error || is_pause(error));
}

server_sockets::received server_sockets::receive(std::size_t socket, std::span<std::uint8_t> buffer,
                                                 std::size_t& size) {
  error_code error;
  size = at(socket).receive(asio::buffer(buffer.data(), buffer.size()), 0, error);
  return !error ? received::datagram : is_pause(error) ? received::nothing : received::refusal;
}

void server_sockets::rebind(std::size_t socket) {
  udp::socket& old = at(socket);
  ++lives_.at(socket);
  error_code error;
  old.close(error);
  old.open(server_.protocol(), error);
  connect(old);
}

void server_sockets::close() {
  for (udp::socket& socket : sockets_) {
    error_code ignored;
    socket.close(ignored);
  }
}

}  // namespace repute
