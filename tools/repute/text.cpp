// SPDX-License-Identifier: Apache-2.0
#include "text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdint>

#include "load/json_text.hpp"

namespace repute::tool {
namespace {

using load::utf8_length;

std::uint8_t byte_at(std::string_view text, std::size_t at) noexcept {
  return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
}

/// U+0000..U+001F, U+007F and U+0080..U+009F: some terminals obey all of them.
bool is_control(std::string_view sequence) noexcept {
  const std::uint8_t first = byte_at(sequence, 0);
  return first < 0x20 || first == 0x7f || (first == 0xc2 && byte_at(sequence, 1) < 0xa0);
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string out;
  load::append_json_string(text, out);
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    const std::string_view sequence = text.substr(at, length == 0 ? 1 : length);
    if (length == 0 || is_control(sequence)) {
      for (std::size_t i = 0; i < sequence.size(); ++i) {
        out += fmt::format("\\x{:02x}", byte_at(sequence, i));
      }
    } else {
      out += sequence;
    }
    at += sequence.size();
  }
  return out;
}

std::string without_userinfo(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == text.npos || text.substr(0, at).find(':') == text.npos) {
    return std::string(text);
  }
  const auto scheme =
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");
  const bool has_scheme = scheme != text.npos && text.substr(scheme).starts_with("://");
  const std::string_view kept = has_scheme ? text.substr(0, scheme + 3) : "";
  return std::string(kept) + std::string(text.substr(at + 1));
}

std::vector<std::string> split_list(std::string_view text) {
  constexpr std::string_view separators = ", \t\n";
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = text.find_first_of(separators);
    if (end != 0) {
      parts.emplace_back(text.substr(0, end));
    }
    text = end == text.npos ? "" : text.substr(end + 1);
  }
  return parts;
}

std::string time_text(std::uint64_t unix_s) {
  constexpr std::uint64_t year_10000 = 253402300800;  // four digits hold no later one
  return unix_s < year_10000
             ? fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(unix_s)))
             : std::to_string(unix_s);
}

std::string grouped(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, " ");
  }
  return digits;
}

std::string rate_text(double per_second) {
  if (per_second >= 1e6) {
    return fmt::format("{:.1f} M/s", per_second / 1e6);
  }
  return per_second >= 1e3 ? fmt::format("{:.0f} k/s", per_second / 1e3)
                           : fmt::format("{:.0f} /s", per_second);
}

std::string json_strings(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) {
    out += (out.empty() ? "" : ",") + json_string(text);
  }
  return "[" + out + "]";
}

std::size_t display_width(std::string_view text) noexcept {
  std::size_t width = 0;
  for (const char c : text) {
    width += (static_cast<std::uint8_t>(c) & 0xc0) == 0x80 ? 0u : 1u;
  }
  return width;
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t used = display_width(text);
  return std::string(text) + std::string(used < width ? width - used : 0, ' ');
}

}  // namespace repute::tool
