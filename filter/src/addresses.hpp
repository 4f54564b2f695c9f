// SPDX-License-Identifier: Apache-2.0
// Addresses of mail in header fields.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace repute::mail::detail {

/// The first addresses of a field such as From: `Name <a@b>, c@d (comment)`; 16 at most. What a
/// display name, a quoted string or a comment holds is none.
[[nodiscard]] std::vector<std::string> addresses_in(std::string_view field);

/// Texts between angle brackets, 16 at most: `<mailto:a@b>, <https://c/>`.
[[nodiscard]] std::vector<std::string_view> bracketed(std::string_view field);

/// What follows the last `@`; empty if there is none.
[[nodiscard]] std::string_view domain_of(std::string_view address) noexcept;

}  // namespace repute::mail::detail
