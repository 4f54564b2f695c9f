// SPDX-License-Identifier: Apache-2.0
#include "host.hpp"

#include <unicode/uidna.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "ascii.hpp"
#include "ip.hpp"

namespace repute::canon::detail {
namespace {

constexpr std::size_t name_size_max = 253;
constexpr std::size_t label_size_max = 63;
/// No name of 253 ASCII bytes needs more: beyond it, text is refused unread.
constexpr std::size_t name_input_max = 2048;

bool is_name_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_' || c == '.';
}

/// What a byte of a plain name becomes, 0 for bytes that are in none.
constexpr std::array<char, 256> name_characters = [] {
  std::array<char, 256> out{};
  for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyz0123456789-_.")) {
    out[static_cast<unsigned char>(c)] = c;
  }
  for (char c = 'A'; c <= 'Z'; ++c) {
    out[static_cast<unsigned char>(c)] = to_lower(c);
  }
  return out;
}();
constexpr std::string_view punycode = "xn--";

/// Lengths and characters of a lower-case ASCII name without trailing dot.
bool is_well_formed(std::string_view name) noexcept {
  if (name.empty() || name.size() > name_size_max ||
      !std::ranges::all_of(name, is_name_character)) {
    return false;
  }
  for (std::size_t at = 0;;) {
    const std::size_t dot = std::min(name.find('.', at), name.size());
    if (dot == at || dot - at > label_size_max) {
      return false;
    }
    if (dot == name.size()) {
      return true;
    }
    at = dot + 1;
  }
}

std::string_view without_root_dot(std::string_view name) noexcept {
  return name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
}

struct conversion {
  std::string text;
  std::uint32_t errors = 0;
};

/// UTS-46 ToASCII; nothing if the text is longer than any name or ICU fails.
std::optional<conversion> to_ascii(const UIDNA* idna, std::string_view text) {
  if (text.size() > name_input_max) {
    return std::nullopt;
  }
  std::array<char, 2 * name_input_max> buffer;
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  UErrorCode status = U_ZERO_ERROR;
  const std::int32_t size = uidna_nameToASCII_UTF8(
      idna, text.data(), static_cast<std::int32_t>(text.size()), buffer.data(),
      static_cast<std::int32_t>(buffer.size()), &info, &status);
  if (U_FAILURE(status) || size < 0 || static_cast<std::size_t>(size) > buffer.size()) {
    return std::nullopt;
  }
  return conversion{std::string(buffer.data(), static_cast<std::size_t>(size)), info.errors};
}

}  // namespace

void name_table::closer::operator()(UIDNA* idna) const noexcept {
  uidna_close(idna);
}

name_table::name_table() {
  UErrorCode status = U_ZERO_ERROR;
  idna_.reset(
      uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE, &status));
  if (U_FAILURE(status)) {
    throw std::runtime_error(std::string("ICU has no IDNA data: ") + u_errorName(status));
  }
}

std::optional<std::string> name_table::name(std::string_view text) const {
  // One look at each byte: nearly all names end here, and there are millions of them.
  std::string plain(without_root_dot(text));
  bool well_formed = plain.size() <= name_size_max;
  std::size_t label = 0;
  for (std::size_t at = 0; at <= plain.size(); ++at) {
    if (at == plain.size() || plain[at] == '.') {
      if (plain.compare(label, punycode.size(), punycode) == 0) {
        return name_by_icu(text);
      }
      well_formed = well_formed && at != label && at - label <= label_size_max;
      label = at + 1;
      continue;
    }
    plain[at] = name_characters[static_cast<unsigned char>(plain[at])];
    if (plain[at] == 0) {
      return name_by_icu(text);
    }
  }
  return well_formed ? std::optional(std::move(plain)) : std::nullopt;
}

std::optional<std::string> name_table::name_by_icu(std::string_view text) const {
  constexpr std::uint32_t ignored =
      UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4;
  const auto ascii = to_ascii(idna_.get(), text);
  if (!ascii || (ascii->errors & ~ignored) != 0) {
    return std::nullopt;
  }
  const std::string_view name = without_root_dot(ascii->text);
  return is_well_formed(name) ? std::optional(std::string(name)) : std::nullopt;
}

std::optional<std::string> name_table::mapped(std::string_view text) const {
  auto ascii = to_ascii(idna_.get(), text);
  return ascii ? std::optional(std::move(ascii->text)) : std::nullopt;
}

std::size_t plain_name_size(std::string_view text) noexcept {
  std::size_t label = 0;
  for (std::size_t at = 0;; ++at) {
    const bool more = at < text.size() && is_name_character(text[at]);
    if (more && text[at] != '.') {
      continue;
    }
    if (at == label || at - label > label_size_max ||
        text.substr(label, punycode.size()) == punycode) {
      return 0;
    }
    if (!more) {
      return at <= name_size_max ? at : 0;
    }
    label = at + 1;
  }
}

std::optional<std::string> canonical_domain(const name_table& names, std::string_view text) {
  auto name = names.name(text);
  return name && !ends_in_number(*name) ? name : std::nullopt;
}

}  // namespace repute::canon::detail
