// SPDX-License-Identifier: Apache-2.0
#include "live_keys.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "load/row_compiler.hpp"

namespace repute::tool {
namespace {

using load::name_match;
using keys_or_problem = std::variant<std::vector<named_key>, std::string>;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  return begin == std::string_view::npos
             ? std::string_view()
             : text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

keys_or_problem address_keys(std::string_view text) {
  const auto parsed = canon::parse_prefix(text);
  if (const auto* why = std::get_if<canon::error>(&parsed)) {
    return std::string(message(*why));
  }
  const auto& prefix = std::get<canon::ip_prefix>(parsed);
  named_key out;
  out.key.kind = load::kind_of(prefix);
  out.key.key = load::address_bytes(prefix);
  out.key.prefix_length = prefix.length;
  out.shown = canon::show(prefix);
  out.text = text;
  return std::vector{std::move(out)};
}

keys_or_problem other_keys(const canon::canonicalizer& canon, seal::fingerprinter& fingerprints,
                           subject subject, name_match match, std::string_view text) {
  const auto canonical = canon.canonical(subject, text);
  if (const auto* why = std::get_if<canon::error>(&canonical)) {
    return std::string(message(*why));
  }
  canonical_key key = std::get<canonical_key>(canonical);
  named_key out;
  out.key.kind = key.kind;
  out.key.key = fingerprints(key);
  out.shown = canon::show(key);
  out.text = key.kind == kind::url ? out.shown : std::string(text);
  if (key.kind != kind::host || match == name_match::exact) {
    return std::vector{std::move(out)};
  }
  std::vector<named_key> keys;
  if (match == name_match::both) {
    keys.push_back(out);
  }
  if (load::is_asked_as_parent(canon, key.canonical)) {
    key.kind = kind::domain;
    out.key.kind = key.kind;
    out.key.key = fingerprints(key);
    out.shown = "." + out.shown;
    keys.push_back(std::move(out));
  }
  if (keys.empty()) {
    return "clients ask nothing about all names under it";
  }
  return keys;
}

// `192.0.2.1/24` is a mistyped network, although it would do as a URL.
repute::subject guessed(std::string_view text) {
  const std::size_t slash = text.find('/');
  const bool address =
      slash != std::string_view::npos &&
      std::holds_alternative<canon::ip_prefix>(canon::parse_prefix(text.substr(0, slash))) &&
      text.find_first_not_of("0123456789", slash + 1) == std::string_view::npos;
  return address ? repute::subject::ip : canon::guess(text);
}

}  // namespace

keys_or_problem keys_of(const canon::canonicalizer& canon, seal::fingerprinter& fingerprints,
                        std::optional<repute::subject> subject, name_match match,
                        std::string_view text) {
  text = trimmed(text);
  if (text.size() > store::live_text_max) {
    return fmt::format("longer than {} bytes", store::live_text_max);
  }
  const repute::subject meant = subject.value_or(guessed(text));
  if (meant == repute::subject::textsig) {
    return "near-duplicate signatures cannot be listed by hand";
  }
  return meant == repute::subject::ip ? address_keys(text)
                                      : other_keys(canon, fingerprints, meant, match, text);
}

}  // namespace repute::tool
