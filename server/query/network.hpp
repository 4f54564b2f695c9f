// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace repute::query {

/// Addresses that begin with the same bits. IPv4 is held v4-mapped, as in endpoint.
struct network {
  std::array<std::uint8_t, 16> address{};  ///< bits behind the prefix are zero
  std::uint8_t bits = 0;                   ///< of the prefix: 96..128 for IPv4

  [[nodiscard]] bool contains(const std::array<std::uint8_t, 16>& other) const noexcept {
    const std::size_t whole = bits / 8;
    const auto mask = static_cast<std::uint8_t>(0xff00U >> (bits % 8));
    // An IPv6 network is none of IPv4 addresses, though those are held within it.
    if (bits < v4_offset && is_v4(other)) {
      return false;
    }
    return std::equal(address.begin(), address.begin() + whole, other.begin()) &&
           (whole == address.size() || (other[whole] & mask) == address[whole]);
  }

  static constexpr std::uint8_t v4_offset = 96;
  [[nodiscard]] static bool is_v4(const std::array<std::uint8_t, 16>& address) noexcept {
    constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return std::equal(mapped.begin(), mapped.end(), address.begin());
  }

  bool operator==(const network&) const = default;
};

[[nodiscard]] inline bool contains(std::span<const network> networks,
                                   const std::array<std::uint8_t, 16>& address) noexcept {
  return std::ranges::any_of(networks, [&](const network& each) { return each.contains(address); });
}

/// Reads `192.0.2.0/24`, `2001:db8::/32`, or one address. Nothing if a bit behind the prefix is
/// set: it would be a typing error that lets others in.
[[nodiscard]] std::optional<network> parse_network(std::string_view text);

}  // namespace repute::query
