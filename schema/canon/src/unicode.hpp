// SPDX-License-Identifier: Apache-2.0
// UTF-8 in and out of ICU.
#pragma once

#include <unicode/unistr.h>

#include <optional>
#include <string>
#include <string_view>

namespace repute::canon::detail {

/// Nothing if `text` is not well-formed UTF-8; ICU's own conversion would replace instead.
[[nodiscard]] std::optional<icu::UnicodeString> from_utf8(std::string_view text);
[[nodiscard]] std::string to_utf8(const icu::UnicodeString& text);

/// NFC, then full case folding: names of files that differ in letter case alone are one.
[[nodiscard]] icu::UnicodeString folded_nfc(const icu::UnicodeString& text);

/// True if a well-formed text holds a white-space or control character other than U+0020.
[[nodiscard]] bool has_space_or_control(const icu::UnicodeString& text);

/// Opens the tables behind texts and file names. Throws std::runtime_error if ICU lacks their data.
void require_unicode_tables();

}  // namespace repute::canon::detail
