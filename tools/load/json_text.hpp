// SPDX-License-Identifier: Apache-2.0
// Strings for JSON, which holds Unicode alone.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace repute::load {

/// Bytes of the well-formed UTF-8 sequence at `at` (Unicode standard, table 3-7), 0 if there is
/// none.
[[nodiscard]] std::size_t utf8_length(std::string_view text, std::size_t at) noexcept;

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// Appends a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD each.
void append_json_string(std::string_view text, std::string& out);

}  // namespace repute::load
