// SPDX-License-Identifier: Apache-2.0
#include "net/udp_socket.hpp"

#include <fmt/core.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace repute::net {

namespace {

[[noreturn]] void fail(const socket_address& address, const char* step) {
  const int error = errno;
  throw std::system_error(error, std::generic_category(),
                          fmt::format("udp {}: {}", to_string(address), step));
}

std::uint32_t memory_fact(const udp_socket& socket, std::size_t which) noexcept {
  std::array<std::uint32_t, SK_MEMINFO_VARS> facts{};
  socklen_t size = sizeof facts;
  ::getsockopt(socket.fd.get(), SOL_SOCKET, SO_MEMINFO, facts.data(), &size);
  return facts[which];
}

}  // namespace

void file_descriptor::reset() noexcept {
  if (fd_ >= 0) {
    ::close(fd_);
    fd_ = -1;
  }
}

void set_receive_buffer(udp_socket& socket, int bytes) noexcept {
  ::setsockopt(socket.fd.get(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  socklen_t size = sizeof socket.receive_buffer;
  ::getsockopt(socket.fd.get(), SOL_SOCKET, SO_RCVBUF, &socket.receive_buffer, &size);
  socket.receive_buffer /= 2;  // the kernel doubles what it was asked for, and tells the double
}

int waiting_bytes(const udp_socket& socket) noexcept {
  return static_cast<int>(memory_fact(socket, SK_MEMINFO_RMEM_ALLOC) / 2);  // of the double, again
}

std::uint32_t kernel_drops(const udp_socket& socket) noexcept {
  return memory_fact(socket, SK_MEMINFO_DROPS);
}

// SO_REUSEPORT would let a second server take half of the first one's questions in silence.
void require_free(const socket_address& address) {
  const file_descriptor probe(::socket(address.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (address.is_v6()) {
    const int only = 1;
    ::setsockopt(probe.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
  }
  if (::bind(probe.get(), address.get(), address.size) != 0) {
    fail(address, "bind");
  }
}

udp_socket open_udp_socket(const socket_address& address, int receive_buffer) {
  udp_socket out;
  const int family = address.storage.ss_family;
  out.fd = file_descriptor(::socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (out.fd.get() < 0) {
    fail(address, "socket");
  }
  const auto set = [&](int level, int name, int value, const char* step) {
    if (::setsockopt(out.fd.get(), level, name, &value, sizeof value) != 0) {
      fail(address, step);
    }
  };
  // To be told which address was asked costs every datagram; where one is bound it is that one.
  const int asked_is_unknown = address.is_wildcard() ? 1 : 0;
  set(SOL_SOCKET, SO_REUSEPORT, 1, "SO_REUSEPORT");
  set(SOL_SOCKET, SO_TIMESTAMPNS, 1, "SO_TIMESTAMPNS");
  set_receive_buffer(out, receive_buffer);
  if (address.is_v6()) {
    // One family a socket: v4 addresses inside v6 would be two names for one client.
    set(IPPROTO_IPV6, IPV6_V6ONLY, 1, "IPV6_V6ONLY");
    set(IPPROTO_IPV6, IPV6_RECVPKTINFO, asked_is_unknown, "IPV6_RECVPKTINFO");
    set(IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE, "IPV6_MTU_DISCOVER");
  } else {
    set(IPPROTO_IP, IP_PKTINFO, asked_is_unknown, "IP_PKTINFO");
    // PROBE sets DF and ignores what forged ICMP messages say about the path.
    set(IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE, "IP_MTU_DISCOVER");
  }
  if (::bind(out.fd.get(), address.get(), address.size) != 0) {
    fail(address, "bind");
  }
  out.local.size = sizeof out.local.storage;
  if (::getsockname(out.fd.get(), out.local.get(), &out.local.size) != 0) {
    fail(address, "getsockname");
  }
  return out;
}

}  // namespace repute::net
