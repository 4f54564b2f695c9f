// SPDX-License-Identifier: Apache-2.0
// Characters by their ASCII meaning alone, whatever the locale. Mail's own words are ASCII.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace repute::mail::detail {

[[nodiscard]] constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr bool is_letter(char c) noexcept {
  return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}

/// C0 controls and DEL.
[[nodiscard]] constexpr bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

[[nodiscard]] constexpr bool is_space(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

[[nodiscard]] constexpr std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_space(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

[[nodiscard]] inline std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), to_lower);
  return out;
}

/// `word` is lower case.
[[nodiscard]] constexpr bool starts_with_word(std::string_view text,
                                              std::string_view word) noexcept {
  if (text.size() < word.size()) {
    return false;
  }
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (to_lower(text[i]) != word[i]) {
      return false;
    }
  }
  return true;
}

/// `word` is lower case.
[[nodiscard]] constexpr bool is_word(std::string_view text, std::string_view word) noexcept {
  return text.size() == word.size() && starts_with_word(text, word);
}

/// Where `word`, which is lower case, stands in `text` at or after `from`; npos if nowhere.
[[nodiscard]] constexpr std::size_t find_word(std::string_view text, std::string_view word,
                                              std::size_t from = 0) noexcept {
  for (; from + word.size() <= text.size(); ++from) {
    if (starts_with_word(text.substr(from), word)) {
      return from;
    }
  }
  return std::string_view::npos;
}

}  // namespace repute::mail::detail
