// SPDX-License-Identifier: Apache-2.0
// The way a message took, by its Received fields.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "header.hpp"
#include "repute/canon/canon.hpp"
#include "repute/mail/extract.hpp"

namespace repute::mail::detail {

/// The address that the writer of a Received field saw: that of its from-clause in brackets within
/// the comment, `from name (name [192.0.2.1])`, else in other brackets, else bare. Brackets may
/// hold `IPv6:`.
[[nodiscard]] std::optional<canon::ip_prefix> address_in_received(std::string_view field);

/// True for addresses that no stranger has: of private, loopback, link-local and shared networks.
[[nodiscard]] bool is_private(const canon::ip_prefix& address) noexcept;

/// Where a message came from.
struct route {
  std::optional<canon::ip_prefix> client;  ///< handed it over at the trust boundary
  std::vector<canon::ip_prefix> relays;    ///< before it, the nearest first; public, 16 at most
};

[[nodiscard]] route find_route(const header& head, const envelope& from,
                               const extract_options& trust);

}  // namespace repute::mail::detail
