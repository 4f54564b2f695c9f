// SPDX-License-Identifier: Apache-2.0
#include "unicode.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>

#include <cstdint>
#include <stdexcept>

#include "text.hpp"

namespace repute::canon::detail {
namespace {

const icu::Normalizer2& nfc() {
  UErrorCode status = U_ZERO_ERROR;
  const auto* table = icu::Normalizer2::getNFCInstance(status);
  if (U_FAILURE(status)) {
    throw std::runtime_error(std::string("ICU has no NFC data: ") + u_errorName(status));
  }
  return *table;
}

}  // namespace

std::optional<icu::UnicodeString> from_utf8(std::string_view text) {
  const auto size = static_cast<std::int32_t>(text.size());
  icu::UnicodeString out;
  if (size == 0) {
    return out;
  }
  // UTF-16 never needs more units than UTF-8 has bytes.
  char16_t* buffer = out.getBuffer(size);
  UErrorCode status = U_ZERO_ERROR;
  std::int32_t units = 0;
  u_strFromUTF8(buffer, size, &units, text.data(), size, &status);
  out.releaseBuffer(U_FAILURE(status) ? 0 : units);
  return U_FAILURE(status) ? std::nullopt : std::optional(std::move(out));
}

std::string to_utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

icu::UnicodeString folded_nfc(const icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  return nfc().normalize(text, status).foldCase(U_FOLD_CASE_DEFAULT);
}

bool has_space_or_control(const icu::UnicodeString& text) {
  for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    const UChar32 c = text.char32At(at);
    if (c != ' ' && (u_isUWhiteSpace(c) || u_iscntrl(c))) {
      return true;
    }
  }
  return false;
}

void require_unicode_tables() {
  static_cast<void>(nfc());
  require_text_tables();
}

}  // namespace repute::canon::detail
