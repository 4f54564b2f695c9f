// SPDX-License-Identifier: Apache-2.0
#include "query/network.hpp"

#include <arpa/inet.h>

#include <charconv>
#include <string>

namespace repute::query {

namespace {

// The address that `text` is, and how many bits its form leaves for a prefix.
std::optional<network> parse_address(const std::string& text) noexcept {
  if (text.find('\0') != std::string::npos) {
    return std::nullopt;  // inet_pton() would read what is before
  }
  network out;
  if (::inet_pton(AF_INET6, text.c_str(), out.address.data()) == 1) {
    out.bits = 128;
    return out;
  }
  out.address[10] = out.address[11] = 0xff;
  if (::inet_pton(AF_INET, text.c_str(), out.address.data() + 12) == 1) {
    out.bits = 128;
    return out;
  }
  return std::nullopt;
}

network cut_off(const network& from) noexcept {
  network out = from;
  for (std::size_t bit = from.bits; bit < 128; ++bit) {
    out.address[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
  }
  return out;
}

}  // namespace

std::optional<network> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  auto out = parse_address(address);
  if (!out || slash == std::string_view::npos) {
    return out;
  }
  const std::uint8_t before =
      address.find(':') == std::string::npos ? network::v4_offset : std::uint8_t{0};
  const std::string_view prefix = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(prefix.data(), prefix.data() + prefix.size(), bits);
  if (error != std::errc() || end != prefix.data() + prefix.size() || bits > 128U - before) {
    return std::nullopt;
  }
  out->bits = static_cast<std::uint8_t>(before + bits);
  return cut_off(*out) == *out ? out : std::nullopt;
}

}  // namespace repute::query
