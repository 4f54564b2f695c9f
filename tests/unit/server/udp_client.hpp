// SPDX-License-Identifier: Apache-2.0
// A blocking UDP client for tests, on loopback.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/udp_socket.hpp"
#include "repute/schema/wire.hpp"

namespace repute::test {

class udp_client {
 public:
  explicit udp_client(std::string_view bind_to = "127.0.0.1:0") {
    const auto address = net::parse_socket_address(bind_to);
    fd_ = net::file_descriptor(::socket(address->storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::bind(fd_.get(), address->get(), address->size), 0);
  }

  void allow_broadcast() {
    const int on = 1;
    EXPECT_EQ(::setsockopt(fd_.get(), SOL_SOCKET, SO_BROADCAST, &on, sizeof on), 0);
  }

  void send(const net::socket_address& to, std::span<const std::uint8_t> bytes) {
    EXPECT_EQ(::sendto(fd_.get(), bytes.data(), bytes.size(), 0, to.get(), to.size),
              static_cast<ssize_t>(bytes.size()));
  }

  /// Sends `bytes` as one burst of datagrams of `piece` bytes, which the kernel cuts (UDP_SEGMENT).
  /// Allocates nothing.
  void send_burst(const net::socket_address& to, std::span<const std::uint8_t> bytes, int piece) {
    EXPECT_EQ(::setsockopt(fd_.get(), SOL_UDP, UDP_SEGMENT, &piece, sizeof piece), 0);
    send(to, bytes);
    const int none = 0;
    EXPECT_EQ(::setsockopt(fd_.get(), SOL_UDP, UDP_SEGMENT, &none, sizeof none), 0);
  }

  /// Bytes of the next datagram, which are put into `into`; 0 after 5 s without one. Allocates
  /// nothing.
  std::size_t receive_into(std::span<std::uint8_t> into) {
    pollfd readable{fd_.get(), POLLIN, 0};
    const bool waits = ::poll(&readable, 1, 5000) == 1;
    const ssize_t size = waits ? ::recv(fd_.get(), into.data(), into.size(), 0) : 0;
    return size > 0 ? static_cast<std::size_t>(size) : 0;
  }

  /// The next datagram and who sent it; empty after 5 s without one.
  std::vector<std::uint8_t> receive(net::socket_address* from = nullptr) {
    pollfd readable{fd_.get(), POLLIN, 0};
    if (::poll(&readable, 1, 5000) != 1) {
      return {};
    }
    net::socket_address sender;
    sender.size = sizeof sender.storage;
    std::vector<std::uint8_t> bytes(2 * wire::request_size_max);
    const ssize_t size =
        ::recvfrom(fd_.get(), bytes.data(), bytes.size(), 0, sender.get(), &sender.size);
    bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    if (from != nullptr) {
      *from = sender;
    }
    return bytes;
  }

 private:
  net::file_descriptor fd_;
};

}  // namespace repute::test
