// SPDX-License-Identifier: Apache-2.0
// What a line of a hosts file begins with, and what it may name besides hosts.
#pragma once

#include <string_view>

namespace repute::load {

/// True for an IPv4 or IPv6 address, also with a zone (`fe80::1%lo0`); false for networks.
[[nodiscard]] bool is_hosts_address(std::string_view text);

/// True for names that hosts files carry for the machine itself, such as `localhost`.
[[nodiscard]] bool is_own_name(std::string_view name) noexcept;

}  // namespace repute::load
