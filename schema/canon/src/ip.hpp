// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "repute/canon/canon.hpp"

namespace repute::canon::detail {

/// One address without a prefix length: strict dotted quad or RFC 4291 text. v4-mapped and NAT64
/// become IPv4.
[[nodiscard]] std::optional<ip_prefix> parse_address(std::string_view text) noexcept;

/// The address as text: dotted quad or RFC 5952; the length is not shown.
[[nodiscard]] std::string show_address(const ip_prefix& address);

/// True if a resolver reads the name as an IPv4 address: its last label is a number, all decimal
/// digits or `0x` with hexadecimal digits (the rule "ends in a number" of the WHATWG URL standard).
[[nodiscard]] bool ends_in_number(std::string_view name) noexcept;

/// IPv4 as browsers read it in a URL: one to four numbers, decimal, octal (0...) or hexadecimal
/// (0x...), the last filling the bytes that are left. `name` is lower case.
[[nodiscard]] std::optional<ip_prefix> parse_loose_ip4(std::string_view name) noexcept;

}  // namespace repute::canon::detail
