// SPDX-License-Identifier: Apache-2.0
#include <unicode/uchar.h>

#include <algorithm>
#include <array>

#include "tokens.hpp"

namespace repute::canon::detail {
namespace {

constexpr std::u32string_view url_placeholder = U" xurlx ";
constexpr std::u32string_view address_placeholder = U" xaddrx ";

UChar32 code_point(char32_t c) noexcept {
  return static_cast<UChar32>(c);
}

/// Characters that end a web address in running text.
bool ends_url(char32_t c) noexcept {
  return u_isUWhiteSpace(code_point(c)) ||
         std::u32string_view(U"<>\"')]").find(c) != std::u32string_view::npos;
}

/// Characters of a web address at the front of `text`, 0 if there is none.
std::size_t url_size(std::u32string_view text) noexcept {
  constexpr std::array<std::u32string_view, 4> starts{U"http://", U"https://", U"ftp://", U"www."};
  if (std::u32string_view(U"hfw").find(text.front()) == std::u32string_view::npos) {
    return 0;  // nearly every character ends here
  }
  for (const auto start : starts) {
    if (text.starts_with(start)) {
      const auto end = std::ranges::find_if(text.substr(start.size()), ends_url);
      const auto size = static_cast<std::size_t>(end - text.begin());
      return size > start.size() ? size : 0;
    }
  }
  return 0;
}

bool is_label_character(char32_t c) noexcept {
  return is_word_character(c) || c == U'_' || c == U'-';
}

bool is_local_character(char32_t c) noexcept {
  return is_label_character(c) || c == U'.' || c == U'+';
}

/// Characters of `label.label...` at the front of `text`, 0 if there is no dot between two labels.
std::size_t domain_size(std::u32string_view text) noexcept {
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
    if (end == text.size() || text[end] != U'.') {
      return size;
    }
    at = end + 1;
  }
}

}  // namespace

std::u32string without_links(std::u32string_view text) {
  std::u32string out;
  out.reserve(text.size());
  std::size_t copied = 0;  // a local part reaches back to here in `out` at most
  for (std::size_t at = 0; at < text.size();) {
    std::size_t size = url_size(text.substr(at));
    std::u32string_view placeholder = url_placeholder;
    if (size == 0 && text[at] == U'@') {
      std::size_t local = out.size();
      while (local > copied && is_local_character(out[local - 1])) {
        --local;
      }
      size = local < out.size() ? domain_size(text.substr(at + 1)) : 0;
      if (size != 0) {
        out.resize(local);
        size += 1;
        placeholder = address_placeholder;
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

}  // namespace repute::canon::detail
