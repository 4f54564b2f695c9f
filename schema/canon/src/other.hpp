// SPDX-License-Identifier: Apache-2.0
// Addresses of mail, digests, numbers and anti-virus records. Input is trimmed, 1 to 8192 bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "host.hpp"
#include "repute/canon/canon.hpp"

namespace repute::canon::detail {

/// `local@domain`, at most 320 bytes; the last '@' divides.
[[nodiscard]] result<std::string> canonical_email(const name_table& names, std::string_view text);

/// `size` raw bytes from 2 * `size` hexadecimal digits of either case.
[[nodiscard]] result<std::string> canonical_digest(std::string_view text, std::size_t size);

/// 32 hexadecimal digits are the digest itself, a text with '@' is digested.
[[nodiscard]] result<std::string> canonical_email_md5(std::string_view text);

/// 32 hexadecimal digits are the digest itself, any other text is a file name, with or without
/// folder.
[[nodiscard]] result<std::string> canonical_name_md5(std::string_view text);

/// A decimal number as 4 bytes, little-endian.
[[nodiscard]] result<std::string> canonical_number(std::string_view text);

/// `ID` or `ID VERSION` -> id 0x00 version; at most 255 bytes.
[[nodiscard]] result<std::string> canonical_av_record(std::string_view text);

}  // namespace repute::canon::detail
