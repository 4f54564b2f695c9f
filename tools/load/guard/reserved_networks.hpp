// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "load/guard/network_set.hpp"

namespace repute::load {

/// Networks from which no mail comes over the Internet: the special-purpose registries of IANA for
/// IPv4 and IPv6 without the blocks that are globally reachable, and multicast. 6to4 and Teredo
/// addresses belong to real hosts and are none, except 6to4 addresses made from a reserved IPv4
/// address.
[[nodiscard]] const network_set& reserved_networks();

/// What a network of reserved_networks() is for: `private (RFC 1918)`.
[[nodiscard]] std::string_view purpose_of(const labelled_network& network) noexcept;

}  // namespace repute::load
