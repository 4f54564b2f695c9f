// SPDX-License-Identifier: Apache-2.0
#include "ascii_text.hpp"

#include <algorithm>
#include <array>

#include "ascii.hpp"
#include "tokens.hpp"

namespace repute::canon::detail {
namespace {

bool is_word(char c) noexcept {
  return is_letter(c) || is_digit(c);
}

/// True where a link may begin, or an address of mail has its middle: seldom.
bool may_be_link(std::string_view text, std::size_t at) noexcept {
  const char next = at + 1 < text.size() ? text[at + 1] : ' ';
  switch (text[at]) {
    case 'h':
    case 'f':
      return next == 't';
    case 'w':
      return next == 'w';
    default:
      return text[at] == '@';
  }
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

bool is_local_character(char c) noexcept {
  return is_label_character(c) || c == '.' || c == '+';
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
    std::size_t plain = at;
    while (plain < text.size() && !may_be_link(text, plain)) {
      ++plain;
    }
    out.append(text, at, plain - at);
    at = plain;
    if (at == text.size()) {
      break;
    }
    std::size_t size = 0;
    std::string_view placeholder = " xurlx ";
    if (text[at] != '@') {
      size = url_size(text.substr(at));
    } else {
      std::size_t local = out.size();
      while (local > copied && is_local_character(out[local - 1])) {
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
    while (at < plain.size() && is_word(plain[at])) {
      std::size_t end = at;
      while (end < plain.size() && is_letter(plain[end])) {
        ++end;
      }
      to.put(std::string_view(plain).substr(at, end - at));
      at = end;
      while (at < plain.size() && is_digit(plain[at])) {
        ++at;
      }
      to.put(at > end ? "0" : "");
    }
    to.end();
  }
}

}  // namespace repute::canon::detail
