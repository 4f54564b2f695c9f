// SPDX-License-Identifier: Apache-2.0
// Characters by their ASCII meaning alone, whatever the locale.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace repute::canon::detail {

/// Longest input and longest canonical form, in bytes, texts excepted.
inline constexpr std::size_t form_size_max = 8192;

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] constexpr bool is_letter(char c) noexcept {
  return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}

[[nodiscard]] constexpr bool is_space(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// C0 controls and DEL.
[[nodiscard]] constexpr bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// Values of hexadecimal digits, -1 for all other bytes: digests have dozens of them, by the
/// million.
inline constexpr std::array<signed char, 256> hex_values = [] {
  std::array<signed char, 256> values{};
  values.fill(-1);
  for (int i = 0; i < 16; ++i) {
    values[static_cast<std::size_t>(i < 10 ? '0' + i : 'a' + i - 10)] = static_cast<signed char>(i);
    values[static_cast<std::size_t>(i < 10 ? '0' + i : 'A' + i - 10)] = static_cast<signed char>(i);
  }
  return values;
}();

/// Value of a hexadecimal digit, -1 for any other character.
[[nodiscard]] constexpr int hex_value(char c) noexcept {
  return hex_values[static_cast<unsigned char>(c)];
}

[[nodiscard]] inline bool all_digits(std::string_view text) noexcept {
  return std::ranges::all_of(text, is_digit);
}

[[nodiscard]] inline bool all_hex(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) { return hex_value(c) >= 0; });
}

[[nodiscard]] inline std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), to_lower);
  return out;
}

/// Without ASCII white space at both ends.
[[nodiscard]] constexpr std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_space(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

}  // namespace repute::canon::detail
