// SPDX-License-Identifier: Apache-2.0
// The charsets that mail is written in.
#pragma once

#include <string>
#include <string_view>

namespace repute::mail::detail {

/// The name under which iconv has the charset of that label, in any case; null for a label that
/// mail does not use. Labels as in the WHATWG Encoding Standard, and what mail has beside it. The
/// list is closed because a C library may keep every name that it was ever asked for: names of a
/// stranger's choice would fill the memory.
[[nodiscard]] const char* known_charset(std::string_view label);

/// Text of any charset as UTF-8, without zero bytes. A charset that nobody knows, and bytes that
/// are wrong in UTF-8, are read as windows-1252, which is what they are as a rule. A view of `text`
/// if that is what comes out, else of `storage`.
[[nodiscard]] std::string_view to_utf8(std::string_view charset, std::string_view text,
                                       std::string& storage);

}  // namespace repute::mail::detail
