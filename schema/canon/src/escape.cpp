// SPDX-License-Identifier: Apache-2.0
#include "escape.hpp"

#include "ascii.hpp"

namespace repute::canon::detail {

std::string unescape_fully(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    out += c;
    while (out.size() >= 3 && out[out.size() - 3] == '%') {
      const int high = hex_value(out[out.size() - 2]);
      const int low = hex_value(out.back());
      if (high < 0 || low < 0) {
        break;
      }
      out.resize(out.size() - 3);
      out += static_cast<char>(high * 16 + low);
    }
  }
  return out;
}

std::string escape(std::string_view text, std::string_view also) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f && c != '#' && c != '%' && also.find(c) == also.npos) {
      out += c;
      continue;
    }
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

}  // namespace repute::canon::detail
