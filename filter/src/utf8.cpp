// SPDX-License-Identifier: Apache-2.0
#include "utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "repute/schema/ascii.hpp"

namespace repute::mail::detail {
namespace {

unsigned char byte_at(std::string_view text, std::size_t at) noexcept {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

/// Bytes of the well-formed character at `at` (RFC 3629), 0 if it is none.
std::size_t character_size(std::string_view text, std::size_t at) noexcept {
  const unsigned char first = byte_at(text, at);
  if (first < 0x80) {
    return 1;
  }
  const std::size_t size = first < 0xc2   ? 0
                           : first < 0xe0 ? 2
                           : first < 0xf0 ? 3
                           : first < 0xf5 ? 4
                                          : 0;
  const unsigned char second = byte_at(text, at + 1);
  const unsigned char least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned char most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (size == 0 || second < least || second > most) {
    return 0;
  }
  for (std::size_t i = 2; i < size; ++i) {
    if ((byte_at(text, at + i) & 0xc0) != 0x80) {
      return 0;
    }
  }
  return size;
}

/// Bytes of the invisible character at `at`, 0 if it is a visible one. `text` is well-formed.
std::size_t invisible_size(std::string_view text, std::size_t at) noexcept {
  const unsigned char first = byte_at(text, at);
  const unsigned char second = byte_at(text, at + 1);
  const unsigned char third = byte_at(text, at + 2);
  if (first == 0xc2) {
    return second == 0xad ? 2 : 0;  // soft hyphen
  }
  if (first == 0xe2 && second == 0x80) {  // U+200B..200F, U+202A..202E
    return (third >= 0x8b && third <= 0x8f) || (third >= 0xaa && third <= 0xae) ? 3 : 0;
  }
  if (first == 0xe2 && second == 0x81) {  // U+2060..206F
    return third >= 0xa0 && third <= 0xaf ? 3 : 0;
  }
  return first == 0xef && second == 0xbb && third == 0xbf ? 3 : 0;  // byte order mark
}

}  // namespace

void append_utf8(std::uint32_t character, std::string& to) {
  if (character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff)) {
    character = 0xfffd;
  }
  const auto put = [&to](std::uint32_t byte) { to += static_cast<char>(byte); };
  if (character < 0x80) {
    return put(character);
  }
  if (character < 0x800) {
    put(0xc0 | character >> 6);
  } else {
    if (character < 0x10000) {
      put(0xe0 | character >> 12);
    } else {
      put(0xf0 | character >> 18);
      put(0x80 | (character >> 12 & 0x3f));
    }
    put(0x80 | (character >> 6 & 0x3f));
  }
  put(0x80 | (character & 0x3f));
}

std::uint32_t windows_1252(unsigned char byte) noexcept {
  constexpr std::array<std::uint16_t, 32> table{
      0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
      0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
      0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178};
  return byte >= 0x80 && byte < 0xa0 ? table[byte - 0x80U] : byte;
}

std::string_view mended_utf8(std::string_view text, std::string& storage) {
  const std::size_t zero = std::min(text.find('\0'), text.size());
  std::size_t good = skip_ascii(text, 0);
  while (good < zero) {
    const std::size_t size = character_size(text, good);
    if (size == 0) {
      break;
    }
    good = skip_ascii(text, good + size);
  }
  good = std::min(good, zero);
  if (good == text.size()) {
    return text;
  }
  storage.assign(text.substr(0, good));
  while (good < text.size()) {
    const std::size_t size = character_size(text, good);
    if (size == 0) {
      append_utf8(windows_1252(byte_at(text, good)), storage);
    } else if (text[good] != '\0') {
      storage.append(text, good, size);
    }
    good += std::max<std::size_t>(size, 1);
  }
  return storage;
}

std::string_view cut_utf8(std::string_view text, std::size_t size) noexcept {
  if (text.size() <= size) {
    return text;
  }
  while (size > 0 && (byte_at(text, size) & 0xc0) == 0x80) {
    --size;
  }
  return text.substr(0, size);
}

std::string_view shown_text(std::string_view text) noexcept {
  return cut_utf8(text, 80);
}

std::string_view without_invisible(std::string_view text, std::string& storage) {
  storage.clear();
  std::size_t copied = 0;
  for (std::size_t at = 0; at < text.size();) {
    at = skip_ascii(text, at);
    const std::size_t size = at < text.size() ? invisible_size(text, at) : 0;
    if (size == 0) {
      ++at;
      continue;
    }
    storage.append(text, copied, at - copied);
    at += size;
    copied = at;
  }
  if (copied == 0) {
    return text;
  }
  return storage.append(text, copied);
}

}  // namespace repute::mail::detail
