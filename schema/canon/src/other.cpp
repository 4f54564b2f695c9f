// SPDX-License-Identifier: Apache-2.0
#include "other.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "ascii.hpp"
#include "repute/seal/digest.hpp"
#include "unicode.hpp"

namespace repute::canon::detail {
namespace {

constexpr std::size_t email_size_max = 320;  ///< RFC 5321: 64 before the '@', 255 after it
constexpr std::size_t record_size_max = 255;
/// Four times what file systems allow; normalisation takes time quadratic in a run of marks.
constexpr std::size_t file_name_size_max = 1024;
constexpr std::size_t md5_digits = 32;

/// No control anywhere; white space, '@', '<' and '>' only inside quotes, which close.
bool is_local_part(std::string_view local) noexcept {
  bool quoted = false;
  for (std::size_t i = 0; i < local.size(); ++i) {
    const char c = local[i];
    if (is_control(c)) {
      return false;
    }
    if (c == '"') {
      quoted = !quoted;
    } else if (c == '\\' && quoted) {
      ++i;  // the next character is quoted whatever it is
      if (i < local.size() && is_control(local[i])) {
        return false;
      }
    } else if (!quoted && (c == ' ' || c == '@' || c == '<' || c == '>')) {
      return false;
    }
  }
  return !local.empty() && !quoted;
}

std::string md5_of(std::string_view text) {
  const auto digest = seal::md5(seal::bytes_of(text));
  return {digest.begin(), digest.end()};
}

bool is_md5(std::string_view text) noexcept {
  return text.size() == md5_digits && all_hex(text);
}

}  // namespace

result<std::string> canonical_email(const name_table& names, std::string_view text) {
  if (!from_utf8(text)) {
    return error::bad_utf8;
  }
  const std::size_t at = text.rfind('@');
  if (at == text.npos || !is_local_part(text.substr(0, at))) {
    return error::bad_email;
  }
  const auto domain = canonical_domain(names, text.substr(at + 1));
  if (!domain) {
    return error::bad_email;
  }
  std::string out = std::string(text.substr(0, at + 1)) + *domain;
  return out.size() > email_size_max ? result<std::string>(error::too_long) : std::move(out);
}

result<std::string> canonical_digest(std::string_view text, std::size_t size) {
  if (text.size() != 2 * size) {
    return error::bad_digest;
  }
  std::string out(size, '\0');
  int all = 0;  // negative as soon as one digit is none
  for (std::size_t i = 0; i < size; ++i) {
    const int high = hex_value(text[2 * i]);
    const int low = hex_value(text[2 * i + 1]);
    all |= high | low;
    out[i] = static_cast<char>(high * 16 + low);
  }
  return all < 0 ? result<std::string>(error::bad_digest) : std::move(out);
}

result<std::string> canonical_email_md5(std::string_view text) {
  return text.find('@') == text.npos ? canonical_digest(text, md5_digits / 2) : md5_of(lower(text));
}

result<std::string> canonical_name_md5(std::string_view text) {
  if (is_md5(text)) {
    return canonical_digest(text, md5_digits / 2);
  }
  const std::string_view base = text.substr(text.find_last_of("/\\") + 1);
  if (base.empty()) {
    return error::empty;
  }
  if (base.size() > file_name_size_max) {
    return error::too_long;
  }
  const auto name = from_utf8(base);
  return name ? result<std::string>(md5_of(to_utf8(folded_nfc(*name)))) : error::bad_utf8;
}

result<std::string> canonical_number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) {
    return error::bad_number;
  }
  std::string out(sizeof value, '\0');
  store_le(reinterpret_cast<std::uint8_t*>(out.data()), value);
  return out;
}

result<std::string> canonical_av_record(std::string_view text) {
  const auto unicode = from_utf8(text);
  if (!unicode) {
    return error::bad_utf8;
  }
  if (text.size() > record_size_max) {
    return error::too_long;
  }
  const auto spaces = std::ranges::count(text, ' ');
  if (spaces > 1 || has_space_or_control(*unicode)) {
    return error::bad_record;
  }
  std::string out(text);
  std::ranges::replace(out, ' ', '\0');
  return spaces == 1 ? std::move(out) : out + '\0';
}

}  // namespace repute::canon::detail
