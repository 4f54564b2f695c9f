// SPDX-License-Identifier: Apache-2.0
// Texts to the form of TEXT_EXACT: what a spammer varies for free is removed.
#include "text.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uspoof.h>

#include <memory>
#include <stdexcept>

#include "repute/canon/canon.hpp"
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
  for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    const UChar32 c = text.char32At(at);
    if (c > 0x7f && is_invisible(c)) {
      continue;
    }
    marks = c > 0x7f && is_mark(c) ? marks + 1 : 0;
    if (marks <= marks_max) {
      out.append(c);
    }
  }
  return out;
}

std::u32string to_utf32(const icu::UnicodeString& text) {
  std::u32string out;
  out.reserve(static_cast<std::size_t>(text.length()));
  for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    out += static_cast<char32_t>(text.char32At(at));
  }
  return out;
}

icu::UnicodeString from_utf32(std::u32string_view text) {
  icu::UnicodeString out;
  for (const char32_t c : text) {
    out.append(static_cast<UChar32>(c));
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

result<std::string> normalise_text(std::string_view utf8) {
  if (utf8.size() > text_size_max) {
    return error::too_long;
  }
  auto text = detail::from_utf8(utf8);
  if (!text) {
    return error::bad_utf8;
  }
  detail::token_list tokens;
  for (int pass = 0; pass < passes_max; ++pass) {
    tokens = detail::tokenise(detail::without_links(to_utf32(folded(*text))), prototype);
    auto next = from_utf32(tokens.text);
    if (next == *text) {
      break;
    }
    text = std::move(next);
  }
  if (tokens.count < tokens_min) {
    return error::too_few_tokens;
  }
  std::string out = detail::to_utf8(*text);
  return out.size() > text_size_max ? result<std::string>(error::too_long) : std::move(out);
}

}  // namespace repute::canon
