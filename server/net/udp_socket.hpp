// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>

#include "net/socket_address.hpp"

namespace repute::net {

/// Owns a file descriptor; -1 = none.
class file_descriptor {
 public:
  file_descriptor() = default;
  explicit file_descriptor(int fd) noexcept : fd_(fd) {}
  ~file_descriptor() { reset(); }
  file_descriptor(file_descriptor&& other) noexcept : fd_(other.release()) {}
  file_descriptor& operator=(file_descriptor&& other) noexcept {
    reset();
    fd_ = other.release();
    return *this;
  }

  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
  void reset() noexcept;

 private:
  int fd_ = -1;
};

/// A bound UDP socket, ready for receive times, asked addresses and datagrams that must not be
/// fragmented. Several may be bound to one address; the kernel shares the datagrams out.
struct udp_socket {
  file_descriptor fd;
  socket_address local;    ///< as bound: with the port that the kernel chose for port 0
  int receive_buffer = 0;  ///< bytes granted, by the kernel's own account
};

/// Asks for room for `bytes` of waiting datagrams and stores in `socket` what the kernel granted.
/// What waits already stays.
void set_receive_buffer(udp_socket& socket, int bytes) noexcept;

/// Bytes of datagrams that wait, of receive_buffer; 0 where the kernel (before 4.12) does not tell.
[[nodiscard]] int waiting_bytes(const udp_socket& socket) noexcept;

/// Datagrams that the kernel threw away at this socket since it was opened, since its receive
/// buffer was full or a checksum wrong; those that the kernel had merged count once. 0 where the
/// kernel (before 4.12) does not tell. Counts to 2^32 and begins again. Any thread; a system call.
[[nodiscard]] std::uint32_t kernel_drops(const udp_socket& socket) noexcept;

/// Throws std::system_error if another process has a socket on this address. open_udp_socket()
/// would not: its sockets share addresses.
void require_free(const socket_address& address);

/// Opens and binds a non-blocking socket; `receive_buffer` is asked for in bytes. Throws
/// std::system_error that names the address and the step that failed.
[[nodiscard]] udp_socket open_udp_socket(const socket_address& address, int receive_buffer);

}  // namespace repute::net
