// SPDX-License-Identifier: Apache-2.0
#include "ascii_text.hpp"

#include <algorithm>
#include <array>

#include "ascii.hpp"
#include "tokens.hpp"

namespace repute::canon::detail {
namespace {

enum class letter : unsigned char { none, letter, digit, link_begins, at_sign };

/// What a byte of lower-cased text may be the beginning of.
constexpr std::array<letter, 256> letters = [] {
  std::array<letter, 256> out{};
  for (std::size_t c = 'a'; c <= 'z'; ++c) {
    out[c] = letter::letter;
  }
  for (std::size_t c = '0'; c <= '9'; ++c) {
    out[c] = letter::digit;
  }
  out['h'] = out['f'] = out['w'] = letter::link_begins;
  out['@'] = letter::at_sign;
  return out;
}();

letter letter_at(std::string_view text, std::size_t at) noexcept {
  return letters[static_cast<unsigned char>(text[at])];
}

bool is_word(char c) noexcept {
  return is_letter(c) || is_digit(c);
}

bool ends_url(char c) noexcept {
  return is_space(c) || static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view("<>\"')]").find(c) != std::string_view::npos;
}

/// As url_size() of links.cpp.
std::size_t url_size(std::string_view text) noexcept {
  constexpr std::array<std::string_view, 4> starts{"http://", "https://", "ftp://", "www."};
  for (const auto start : starts) {
    if (text.starts_with(start)) {
      const auto end = std::ranges::find_if(text.substr(start.size()), ends_url);
      const auto size = static_cast<std::size_t>(end - text.begin());
      return size > start.size() ? size : 0;
    }
  }
  return 0;
}

bool is_label_character(char c) noexcept {
  return is_word(c) || c == '_' || c == '-';
}

/// As domain_size() of links.cpp.
std::size_t domain_size(std::string_view text) noexcept {
  std::size_t size = 0;
  for (std::size_t at = 0, labels = 1;; ++labels) {
    std::size_t end = at;
    while (end < text.size() && is_label_character(text[end])) {
      ++end;
    }
    if (end == at) {
      return size;
    }
    size = labels > 1 ? end : 0;
    if (end == text.size() || text[end] != '.') {
      return size;
    }
    at = end + 1;
  }
}

/// Lower-cased text with its links replaced, as without_links() does.
std::string without_links(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  std::size_t copied = 0;  // a local part reaches back to here in `out` at most
  for (std::size_t at = 0; at < text.size();) {
    const letter kind = letter_at(text, at);
    std::size_t size = kind == letter::link_begins ? url_size(text.substr(at)) : 0;
    std::string_view placeholder = " xurlx ";
    if (kind == letter::at_sign) {
      std::size_t local = out.size();
      while (local > copied && (is_label_character(out[local - 1]) || out[local - 1] == '.' ||
                                out[local - 1] == '+')) {
        --local;
      }
      size = local < out.size() ? domain_size(text.substr(at + 1)) : 0;
      if (size != 0) {
        out.resize(local);
        size += 1;
        placeholder = " xaddrx ";
      }
    }
    if (size == 0) {
      out += text[at++];
      continue;
    }
    out += placeholder;
    at += size;
    copied = out.size();
  }
  return out;
}

}  // namespace

void add_ascii_tokens(std::string_view text, token_writer& to) {
  const std::string plain = without_links(lower(text));
  for (std::size_t at = 0; at < plain.size() && to.count() < tokens_max;) {
    if (!is_word(plain[at])) {
      ++at;
      continue;
    }
    to.begin();
    bool in_digits = false;
    for (; at < plain.size() && is_word(plain[at]); ++at) {
      const bool digit = is_digit(plain[at]);
      if (!digit) {
        to.put(plain[at]);
      } else if (!in_digits) {
        to.put('0');
      }
      in_digits = digit;
    }
    to.end();
  }
}

}  // namespace repute::canon::detail
