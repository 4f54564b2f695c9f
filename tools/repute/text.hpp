// SPDX-License-Identifier: Apache-2.0
// Strings from outside, made safe for a terminal, for JSON and for other people's eyes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace repute::tool {

/// A JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD each.
[[nodiscard]] std::string json_string(std::string_view text);

/// For a terminal: control characters and bytes that are not UTF-8 are written as \xNN.
[[nodiscard]] std::string printable(std::string_view text);

/// What may be shown of a text that could not be read as a key: whatever might be `user:password@`
/// is left out, rather too much than too little.
[[nodiscard]] std::string without_userinfo(std::string_view text);

/// Parts between commas and blanks, without empty ones.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);

/// `2026-12-31T12:00:00Z`; behind the year 9999 the seconds alone.
[[nodiscard]] std::string time_text(std::uint64_t unix_s);

/// `3 104 220`.
[[nodiscard]] std::string grouped(std::uint64_t value);

/// `1.9 M/s`, `12 k/s`, `7 /s`.
[[nodiscard]] std::string rate_text(double per_second);

/// `{"a","b"}` as a JSON array of strings.
[[nodiscard]] std::string json_strings(const std::vector<std::string>& texts);

/// Columns a terminal needs for `text`, one per character: enough to align what people look up.
[[nodiscard]] std::size_t display_width(std::string_view text) noexcept;

/// `text` and blanks up to `width` columns.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width);

}  // namespace repute::tool
