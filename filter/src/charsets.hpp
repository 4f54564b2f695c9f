// SPDX-License-Identifier: Apache-2.0
// The charsets that mail is written in.
#pragma once

#include <string>
#include <string_view>

namespace repute::mail::detail {

/// True for a label that mail uses, in any case: those of the WHATWG Encoding Standard for charsets
/// that mail is written in, and what mail has beside them. The list is closed because a C library
/// may keep every name that it was ever asked for: names of a stranger's choice would fill the
/// memory.
[[nodiscard]] bool is_known_charset(std::string_view label);

/// Text of any charset as UTF-8, without zero bytes. A charset that nobody knows, and bytes that
/// are wrong in UTF-8, are read as windows-1252, which is what they are as a rule; bytes that are
/// wrong in other charsets become U+FFFD. A view of `text` if that is what comes out, else of
/// `storage`.
[[nodiscard]] std::string_view to_utf8(std::string_view charset, std::string_view text,
                                       std::string& storage);

}  // namespace repute::mail::detail
