// SPDX-License-Identifier: Apache-2.0
// A first look at a TOML text, before it is parsed.
#pragma once

#include <cstddef>
#include <string_view>

namespace repute {

inline constexpr std::string_view insane_toml = "too large, or too many brackets in one line";

/// False for a text that must not be parsed: longer than `bytes_max`, or nested too deeply (toml++
/// 3.3 overflows its stack on deeply nested arrays).
[[nodiscard]] constexpr bool is_sane_toml(std::string_view text, std::size_t bytes_max) noexcept {
  constexpr std::size_t brackets_in_line_max = 64;
  std::size_t brackets = 0;
  for (const char c : text) {
    if (c == '\n') {
      brackets = 0;
    } else if ((c == '[' || c == '{') && ++brackets > brackets_in_line_max) {
      return false;
    }
  }
  return text.size() <= bytes_max;
}

}  // namespace repute
