// SPDX-License-Identifier: Apache-2.0
// What other filters proved about a message, from its Authentication-Results fields (RFC 8601).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace repute::mail {

inline constexpr std::size_t proved_domains_max = 16;

/// The name of the service that wrote a field, ASCII letters lowered; empty if `value` is no value
/// of such a field.
[[nodiscard]] std::string authserv_id_of(std::string_view value);

/// Domains that `value` says were proved, ASCII letters lowered: that of smtp.mailfrom with
/// `spf=pass`, header.d with `dkim=pass`, header.from with `dmarc=pass`. The first
/// proved_domains_max of them, up to where `value` is no value of such a field. Whether its writer
/// may be believed is for the caller to know.
[[nodiscard]] std::vector<std::string> proved_domains(std::string_view value);

}  // namespace repute::mail
