// SPDX-License-Identifier: Apache-2.0
// Address ranges as blocklists write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace repute::load {

/// IPv4 addresses from `first` to `last`, both included. `bits` is the prefix length that was
/// written or implied, 32 for a range; `first` may have bits set behind it.
struct ip4_range {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  unsigned bits = 32;
  bool is_range = false;
};

/// rbldnsd's address syntax (rbldnsd(8), "ip4set Dataset"): `a.b.c.d`, `a.b.c`, `a.b.c.d/len`,
/// `a.b/len`, and, if `ranges`, `a.b.c.d-e.f.g.h`, `a.b.c.d-e`, `a.b-c`. A single octet alone is
/// none. Octets are decimal, leading zeros or not.
[[nodiscard]] std::optional<ip4_range> parse_ip4_range(std::string_view text, bool ranges) noexcept;

/// The next network of the shortest list of networks that covers `range` exactly; takes its
/// addresses off the range. False if nothing is left. At most 62 of them.
[[nodiscard]] bool next_network(ip4_range& range, std::uint32_t& address, unsigned& bits) noexcept;

/// rbldnsd's form of an IPv6 network as CIDR text: `2001:db8/32`, `2001:db8:1:2` (four words mean
/// /64), `2001:db8::/32`. Writes to `out`, at least 64 bytes; empty if it is none, or one word
/// alone.
[[nodiscard]] std::string_view ip6_network(std::string_view text, char* out) noexcept;

}  // namespace repute::load
