// SPDX-License-Identifier: Apache-2.0
// Facts of a message as short lines that tests compare.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "repute/mail/extract.hpp"

namespace repute::mail::test {

using lines = std::vector<std::string>;

inline const canon::canonicalizer& canon() {
  static const canon::canonicalizer made;
  return made;
}

inline message_facts extracted(std::string_view message, const envelope& from = {},
                               const extract_options& options = {}) {
  extract_options patient = options;
  patient.limits.time_ms = 60'000;  // a busy machine must not change what a test finds
  return extractor(canon(), patient)(message, from);
}

/// `role subject canonical-form` of each fact.
inline lines shown(const message_facts& found) {
  lines out;
  for (const fact& each : found.facts) {
    out.push_back(std::string(word(each.role)) + " " + std::string(word(each.subject)) + " " +
                  canon::show(each.canonical));
  }
  return out;
}

/// Canonical forms of the facts in one role.
inline lines in_role(const message_facts& found, role where) {
  lines out;
  for (const fact& each : found.facts) {
    if (each.role == where) {
      out.push_back(canon::show(each.canonical));
    }
  }
  return out;
}

/// All links of a message, of pictures, too.
inline lines links_in(std::string_view message) {
  const message_facts found = extracted(message);
  lines out = in_role(found, role::link);
  const lines pictures = in_role(found, role::image_link);
  out.insert(out.end(), pictures.begin(), pictures.end());
  return out;
}

inline bool holds(const lines& all, std::string_view line) {
  return std::ranges::find(all, line) != all.end();
}

}  // namespace repute::mail::test
