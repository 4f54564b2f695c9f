// SPDX-License-Identifier: Apache-2.0
#include "net/socket_address.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace repute::net {

namespace {

// The kernel's structures, copied out and in: storage is never read through another type.
template <class T>
T as(const sockaddr_storage& storage) noexcept {
  T out;
  std::memcpy(&out, &storage, sizeof out);
  return out;
}

template <class T>
socket_address from(const T& value) noexcept {
  socket_address out;
  std::memcpy(&out.storage, &value, sizeof value);
  out.size = sizeof value;
  return out;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return port;
}

}  // namespace

std::uint16_t socket_address::port() const noexcept {
  return ntohs(is_v6() ? as<sockaddr_in6>(storage).sin6_port : as<sockaddr_in>(storage).sin_port);
}

void socket_address::set_port(std::uint16_t port) noexcept {
  if (is_v6()) {
    auto value = as<sockaddr_in6>(storage);
    value.sin6_port = htons(port);
    *this = from(value);
  } else {
    auto value = as<sockaddr_in>(storage);
    value.sin_port = htons(port);
    *this = from(value);
  }
}

bool socket_address::is_loopback() const noexcept {
  const auto bytes = to_endpoint(*this).address;
  constexpr std::array<std::uint8_t, 16> loopback6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return is_v6() ? bytes == loopback6 : bytes[12] == 127;
}

bool socket_address::is_wildcard() const noexcept {
  const auto bytes = to_endpoint(*this).address;
  constexpr std::array<std::uint8_t, 16> any{};
  return is_v6() ? bytes == any : std::equal(bytes.begin() + 12, bytes.end(), any.begin());
}

std::optional<socket_address> parse_socket_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  const auto port = parse_port(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  // inet_pton() would read what is before a zero byte.
  if (!port || host.empty() || host.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  if (host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    sockaddr_in6 out{};
    out.sin6_family = AF_INET6;
    out.sin6_port = htons(*port);
    return inet_pton(AF_INET6, std::string(host).c_str(), &out.sin6_addr) == 1
               ? std::optional(from(out))
               : std::nullopt;
  }
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(*port);
  return inet_pton(AF_INET, std::string(host).c_str(), &out.sin_addr) == 1
             ? std::optional(from(out))
             : std::nullopt;
}

std::string to_string(const socket_address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.is_v6()) {
    const auto value = as<sockaddr_in6>(address.storage);
    inet_ntop(AF_INET6, &value.sin6_addr, text.data(), text.size());
    return fmt::format("[{}]:{}", text.data(), address.port());
  }
  const auto value = as<sockaddr_in>(address.storage);
  inet_ntop(AF_INET, &value.sin_addr, text.data(), text.size());
  return fmt::format("{}:{}", text.data(), address.port());
}

query::endpoint to_endpoint(const socket_address& address) noexcept {
  query::endpoint out;
  out.port = address.port();
  if (address.is_v6()) {
    const auto value = as<sockaddr_in6>(address.storage);
    std::memcpy(out.address.data(), &value.sin6_addr, out.address.size());
  } else {
    const auto value = as<sockaddr_in>(address.storage);
    out.address[10] = out.address[11] = 0xff;
    std::memcpy(out.address.data() + 12, &value.sin_addr, 4);
  }
  return out;
}

}  // namespace repute::net
