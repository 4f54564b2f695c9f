// SPDX-License-Identifier: Apache-2.0
#include "percent.hpp"

#include "ascii.hpp"

namespace repute::mail::detail {
namespace {

int hex_value(char c) noexcept {
  const char low = to_lower(c);
  return is_digit(c) ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

}  // namespace

std::string unescaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool escape = text[at] == '%' && at + 2 < text.size() && hex_value(text[at + 1]) >= 0 &&
                        hex_value(text[at + 2]) >= 0;
    out += escape ? static_cast<char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2]))
                  : text[at];
    at += escape ? 2 : 0;
  }
  return out;
}

}  // namespace repute::mail::detail
