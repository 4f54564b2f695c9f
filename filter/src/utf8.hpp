// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace repute::mail::detail {

/// Appends one character; what is no scalar value becomes U+FFFD.
void append_utf8(std::uint32_t character, std::string& to);

/// What a byte of 0x80 .. 0xff is in windows-1252, read as browsers do.
[[nodiscard]] std::uint32_t windows_1252(unsigned char byte) noexcept;

/// `text` with each byte that is wrong in UTF-8 read as windows-1252, and without zero bytes. A
/// view of `text` if nothing changes, else of `storage`.
[[nodiscard]] std::string_view mended_utf8(std::string_view text, std::string& storage);

/// `text` up to `size` bytes, and no cut within a character.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t size) noexcept;

/// As much of a text as is shown for it: 80 bytes.
[[nodiscard]] std::string_view shown_text(std::string_view text) noexcept;

/// `text` without zero-width characters, bidirectional controls and soft hyphens, which part what
/// a reader sees as one. A view of `text` if there are none, else of `storage`.
[[nodiscard]] std::string_view without_invisible(std::string_view text, std::string& storage);

}  // namespace repute::mail::detail
