// SPDX-License-Identifier: Apache-2.0
// What holds for every text whatever; checked by the property tests and by the fuzzers.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "repute/canon/canon.hpp"

namespace repute::canon::test {

inline std::size_t form_size_limit(kind value) {
  switch (value) {
    case kind::host:
    case kind::domain:
      return 253;
    case kind::email:
      return 320;
    case kind::av_record:
      return 256;
    case kind::url:
      return 8192;
    case kind::text_exact:
      return std::size_t{1} << 20;
    case kind::ip4:
    case kind::category:
    case kind::topic:
    case kind::heuristic:
      return 4;
    case kind::file_sha256:
      return 32;
    case kind::text_sig:
      return 192;
    default:
      return 16;
  }
}

inline std::size_t covering_limit(kind value) {
  switch (value) {
    case kind::host:
    case kind::domain:
      return 5;
    case kind::url:
      return 35;
    case kind::av_record:
      return 2;
    default:
      return 1;
  }
}

/// HOST and DOMAIN have one canonical form; as subjects both read as HOST.
inline bool is_canonical(const canonicalizer& canon, const canonical_key& key) {
  const auto again = canon.canonical(subject_of(key.kind), show(key));
  const auto* same = std::get_if<canonical_key>(&again);
  return same != nullptr && same->canonical == key.canonical &&
         (same->kind == key.kind || key.kind == kind::domain);
}

/// The property that `text` breaks as a `subject`, or nullptr.
inline const char* broken_property(const canonicalizer& canon, subject subject,
                                   std::string_view text) {
  const auto result = canon.canonical(subject, text);
  const auto* key = std::get_if<canonical_key>(&result);
  if (key == nullptr) {
    return message(std::get<error>(result)).empty() ? "an error has a message" : nullptr;
  }
  if (subject_of(key->kind) != subject) {
    return "a key is of its subject";
  }
  if (key->canonical.size() > form_size_limit(key->kind)) {
    return "a canonical form is no longer than stated";
  }
  if (!is_canonical(canon, *key)) {
    return "canonical(show(canonical(x))) == canonical(x)";
  }
  const auto covering = canon.covering(*key);
  if (covering.empty() || covering.front() != *key) {
    return "the first covering key is the key itself";
  }
  if (covering.size() > covering_limit(key->kind)) {
    return "there are no more covering keys than stated";
  }
  for (std::size_t i = 0; i < covering.size(); ++i) {
    if (std::find(covering.begin(), covering.begin() + static_cast<std::ptrdiff_t>(i),
                  covering[i]) != covering.begin() + static_cast<std::ptrdiff_t>(i)) {
      return "no covering key comes twice";
    }
    if (!is_canonical(canon, covering[i])) {
      return "every covering key is canonical";
    }
  }
  return nullptr;
}

/// For fuzzers: stops the process, naming the property.
inline void require_properties(subject subject, std::string_view text) {
  static const canonicalizer canon;
  if (const char* broken = broken_property(canon, subject, text)) {
    std::fprintf(stderr, "broken for a %.*s: %s\n", static_cast<int>(word(subject).size()),
                 word(subject).data(), broken);
    std::abort();
  }
}

}  // namespace repute::canon::test
