// SPDX-License-Identifier: Apache-2.0
// Addresses as people write them, as the kernel takes them and as query/ compares them.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "query/datagram.hpp"

namespace repute::net {

/// An IPv4 or IPv6 address with a port, in the kernel's form.
struct socket_address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] const sockaddr* get() const noexcept {
    return reinterpret_cast<const sockaddr*>(&storage);
  }
  [[nodiscard]] sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] bool is_v6() const noexcept { return storage.ss_family == AF_INET6; }
  [[nodiscard]] std::uint16_t port() const noexcept;
  void set_port(std::uint16_t port) noexcept;
  [[nodiscard]] bool is_loopback() const noexcept;
  /// 0.0.0.0 or [::]: every address of the host.
  [[nodiscard]] bool is_wildcard() const noexcept;
};

/// Reads `127.0.0.1:7060` or `[::1]:7060`; port 0 is allowed. Nothing for names: a server that
/// waits for a resolver at start is a server that does not start.
[[nodiscard]] std::optional<socket_address> parse_socket_address(std::string_view text);

/// `127.0.0.1:7060` or `[::1]:7060`.
[[nodiscard]] std::string to_string(const socket_address& address);

[[nodiscard]] query::endpoint to_endpoint(const socket_address& address) noexcept;

}  // namespace repute::net
