// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace repute::canon::detail {

/// Replaces `%XX` until none is left. Linear: escapes cannot overlap, so the order does not matter
/// and each byte is decoded as soon as its escape is complete.
[[nodiscard]] std::string unescape_fully(std::string_view text);

/// Escapes bytes <= 0x20, >= 0x7f, '#', '%' and those of `also` as `%XX`, upper-case.
/// unescape_fully(escape(x)) == x for every x that unescape_fully returned.
[[nodiscard]] std::string escape(std::string_view text, std::string_view also = {});

}  // namespace repute::canon::detail
