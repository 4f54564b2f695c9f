// SPDX-License-Identifier: Apache-2.0
// Texts to the form of TEXT_EXACT: what a spammer varies for free is removed.
#include "text.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uspoof.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

#include "ascii.hpp"
#include "ascii_text.hpp"
#include "repute/canon/canon.hpp"
#include "repute/schema/ascii.hpp"
#include "tokens.hpp"
#include "unicode.hpp"

namespace repute::canon {
namespace {

constexpr std::size_t text_size_max = std::size_t{1} << 20;
constexpr std::size_t tokens_min = 3;
constexpr int marks_max = 30;  ///< in a row, as in the Stream-Safe Text Format of UAX 15
/// Passes until nothing changes: one does the work, one more settles look-alikes, one confirms.
constexpr int passes_max = 8;

/// ICU's tables: immutable, one set for all threads.
struct text_tables {
  const icu::Normalizer2* nfkc_casefold = nullptr;
  std::unique_ptr<USpoofChecker, decltype(&uspoof_close)> confusables{nullptr, &uspoof_close};

  text_tables() {
    UErrorCode status = U_ZERO_ERROR;
    nfkc_casefold = icu::Normalizer2::getNFKCCasefoldInstance(status);
    confusables.reset(uspoof_open(&status));
    if (U_FAILURE(status)) {
      throw std::runtime_error(std::string("ICU has no text data: ") + u_errorName(status));
    }
  }
};

const text_tables& tables() {
  static const text_tables opened;
  return opened;
}

bool is_invisible(UChar32 c) {
  return u_charType(c) == U_FORMAT_CHAR ||
         u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

bool is_mark(UChar32 c) {
  return (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0 || u_getCombiningClass(c) != 0;
}

/// Zero-width and bidirectional controls out first: they would keep a letter from its mark. Of a
/// run of marks only the first are kept, since normalisation takes time quadratic in such a run.
icu::UnicodeString without_invisible(const icu::UnicodeString& text) {
  icu::UnicodeString out;
  int marks = 0;
  std::int32_t copied = 0;
  const char16_t* units = text.getBuffer();
  for (std::int32_t at = 0, next = 0; at < text.length(); at = next) {
    UChar32 c = 0;
    U16_NEXT(units, next, text.length(), c);
    if (c < 0x300 && c != 0xad) {
      marks = 0;
      continue;
    }
    const bool invisible = is_invisible(c);
    marks = invisible ? marks : is_mark(c) ? marks + 1 : 0;
    if (invisible || marks > marks_max) {
      out.append(text, copied, at - copied);
      copied = next;
    }
  }
  return out.append(text, copied, text.length() - copied);
}

std::u32string to_utf32(const icu::UnicodeString& text) {
  std::u32string out;
  out.reserve(static_cast<std::size_t>(text.length()));
  const char16_t* units = text.getBuffer();
  for (std::int32_t at = 0; at < text.length();) {
    UChar32 c = 0;
    U16_NEXT(units, at, text.length(), c);
    out += static_cast<char32_t>(c);
  }
  return out;
}

std::string to_utf8(std::u32string_view text) {
  std::string out;
  out.reserve(2 * text.size());
  for (const char32_t c : text) {
    std::array<std::uint8_t, U8_MAX_LENGTH> bytes{};
    std::size_t size = 0;
    U8_APPEND_UNSAFE(bytes.data(), size, c);
    out.append(bytes.begin(), bytes.begin() + size);
  }
  return out;
}

icu::UnicodeString folded(const icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  return tables().nfkc_casefold->normalize(without_invisible(text), status);
}

/// Unicode's confusable prototype of one letter (UTS 39), folded.
std::u32string prototype(char32_t letter) {
  const icu::UnicodeString from(static_cast<UChar32>(letter));
  std::array<char16_t, 64> to{};
  UErrorCode status = U_ZERO_ERROR;
  const std::int32_t units =
      uspoof_getSkeleton(tables().confusables.get(), 0, from.getBuffer(), from.length(), to.data(),
                         static_cast<std::int32_t>(to.size()), &status);
  return U_FAILURE(status) ? std::u32string(1, letter)
                           : to_utf32(folded(icu::UnicodeString(to.data(), units)));
}

}  // namespace

void detail::require_text_tables() {
  static_cast<void>(tables());
}

namespace {

/// Adds the tokens of whole words; false if they are not UTF-8.
bool add_icu_tokens(std::string_view utf8, detail::token_writer& to) {
  const auto text = detail::from_utf8(utf8);
  if (text) {
    const auto tokens = detail::tokenise(detail::without_links(to_utf32(folded(*text))), prototype,
                                         detail::tokens_max - to.count());
    to.add(to_utf8(tokens.text), tokens.count);
  }
  return text.has_value();
}

bool is_ascii(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x80;
}

/// Bytes of the space at `at`, of ASCII or U+00A0, which becomes one; else 0. What stands between
/// spaces is folded, found as a link and cut into tokens by itself.
std::size_t space_size(std::string_view text, std::size_t at) noexcept {
  if (is_ascii(text[at])) {
    return detail::is_space(text[at]) ? 1 : 0;
  }
  return text.substr(at).starts_with("\xc2\xa0") ? 2 : 0;
}

/// Where the word begins that holds the first byte beyond ASCII after `at`; U+00A0 is in none.
std::size_t find_other_word(std::string_view text, std::size_t at) noexcept {
  std::size_t high = skip_ascii(text, at);
  while (high < text.size() && space_size(text, high) != 0) {
    high = skip_ascii(text, high + space_size(text, high));
  }
  while (high < text.size() && high > at && is_ascii(text[high - 1]) &&
         !detail::is_space(text[high - 1])) {
    --high;
  }
  return high;
}

/// Behind the words at `at` that hold bytes beyond ASCII, and the spaces after them.
std::size_t other_words_end(std::string_view text, std::size_t at) noexcept {
  while (at < text.size()) {
    if (const std::size_t space = space_size(text, at)) {
      at += space;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && space_size(text, end) == 0) {
      ++end;
    }
    if (skip_ascii(text.substr(0, end), at) == end) {
      break;
    }
    at = end;
  }
  return at;
}

/// One pass; false if the text is not UTF-8.
bool add_tokens(std::string_view utf8, detail::token_writer& to) {
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t other = find_other_word(utf8, at);
    detail::add_ascii_tokens(utf8.substr(at, other - at), to);
    at = other_words_end(utf8, other);
    if (at > other && !add_icu_tokens(utf8.substr(other, at - other), to)) {
      return false;
    }
  }
  return true;
}

template <class Pass>
result<std::string> normalise(std::string_view utf8, Pass pass) {
  if (utf8.size() > text_size_max) {
    return error::too_long;
  }
  std::string text(utf8);
  std::size_t count = 0;
  for (int i = 0; i < passes_max; ++i) {
    detail::token_writer tokens;
    if (!pass(text, tokens)) {
      return error::bad_utf8;
    }
    count = tokens.count();
    if (tokens.text() == text) {
      break;
    }
    text = tokens.text();
  }
  if (count < tokens_min) {
    return error::too_few_tokens;
  }
  return text.size() > text_size_max ? result<std::string>(error::too_long) : std::move(text);
}

}  // namespace

result<std::string> detail::normalise_text_by_icu(std::string_view utf8) {
  return normalise(utf8, add_icu_tokens);
}

result<std::string> normalise_text(std::string_view utf8) {
  return normalise(utf8, add_tokens);
}

}  // namespace repute::canon
