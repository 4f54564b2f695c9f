// SPDX-License-Identifier: Apache-2.0
// Small things that every text format needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "load/row.hpp"

namespace repute::load {

[[nodiscard]] constexpr bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t';
}

/// Cuts spaces and tabs at both ends.
[[nodiscard]] constexpr std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_blank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

/// The next word of `rest`, which shrinks; empty at the end.
[[nodiscard]] constexpr std::string_view take_word(std::string_view& rest) noexcept {
  rest = trim(rest);
  std::size_t size = 0;
  while (size < rest.size() && !is_blank(rest[size])) {
    ++size;
  }
  const std::string_view found = rest.substr(0, size);
  rest.remove_prefix(size);
  return found;
}

/// ASCII letters only.
[[nodiscard]] constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] constexpr bool same_ignoring_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) {
      return false;
    }
  }
  return true;
}

[[nodiscard]] constexpr bool begins_ignoring_case(std::string_view text,
                                                  std::string_view head) noexcept {
  return text.size() >= head.size() && same_ignoring_case(text.substr(0, head.size()), head);
}

/// Digits only, at most 9 of them.
[[nodiscard]] constexpr std::optional<std::uint32_t> small_number(std::string_view text) noexcept {
  if (text.empty() || text.size() > 9) {
    return std::nullopt;
  }
  std::uint32_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return value;
}

/// Position of a character, or npos; the machine's own quick search.
[[nodiscard]] inline std::size_t find_byte(std::string_view text, char wanted) noexcept {
  if (text.empty()) {
    return std::string_view::npos;
  }
  const void* at = std::memchr(text.data(), wanted, text.size());
  return at == nullptr ? std::string_view::npos
                       : static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
}

/// Column of `part`, which lies within `line`.
[[nodiscard]] inline std::uint32_t column_of(std::string_view line,
                                             std::string_view part) noexcept {
  return static_cast<std::uint32_t>(part.data() - line.data()) + 1;
}

/// At most this much of a bad row is kept for the reject file.
[[nodiscard]] inline std::string_view excerpt(std::string_view row) noexcept {
  return row.substr(0, row_bytes_max);
}

/// Bytes at the beginning of `text` that are UTF-8 (RFC 3629) and not NUL: all of them, or up to
/// the first byte of the first wrong sequence.
[[nodiscard]] std::size_t readable_prefix(std::string_view text) noexcept;

/// Why a row with such a byte is a bad one.
[[nodiscard]] inline const char* unreadable_byte(char byte) noexcept {
  return byte == '\0' ? "a NUL byte" : "not UTF-8";
}
inline constexpr const char* too_long_row = "longer than 64 KiB";

/// `value` as a score of -1000..1000 from a confidence of 0..100; empty if it is none. Text of a
/// score, as in a score column; valid as long as the object.
class confidence_score {
 public:
  explicit confidence_score(std::string_view percent) : text_(percent) {
    const auto value = small_number(percent);
    text_ = value && *value <= 100 ? std::to_string(*value * 10) : std::string();
  }
  [[nodiscard]] std::string_view text() const noexcept { return text_; }

 private:
  std::string text_;  // at most 4 characters: never allocated
};

}  // namespace repute::load
