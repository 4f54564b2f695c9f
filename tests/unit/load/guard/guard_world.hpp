// SPDX-License-Identifier: Apache-2.0
// Lists and rows for tests of guards.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "load/guard/row_guard.hpp"

namespace repute::load::test {

inline const canon::canonicalizer& canonical_forms() {
  static const canon::canonicalizer canon;
  return canon;
}

inline list_entry entry(std::string_view text, bool with_below = false, std::uint32_t line = 1) {
  auto read = read_list_entry(text, canonical_forms());
  if (const auto* why = std::get_if<std::string>(&read)) {
    throw std::runtime_error(*why);
  }
  auto& made = std::get<list_entry>(read);
  made.with_below = with_below;
  made.line = line;
  return made;
}

inline canon::ip_prefix network(std::string_view text) {
  return std::get<canon::ip_prefix>(canon::parse_prefix(text));
}

/// A guard, and short questions to it: what it says, or nothing.
class guard_world {
 public:
  explicit guard_world(const guard_lists& lists) : guard_(canonical_forms(), lists) {}

  [[nodiscard]] std::string address(std::string_view text, bool listing = true) const {
    return said(guard_.check(limits, network(text), listing));
  }
  [[nodiscard]] std::string key(subject subject, std::string_view text,
                                name_match match = name_match::exact, bool listing = true) const {
    const auto key = canonical_forms().canonical(subject, text);
    return said(guard_.check(limits, std::get<canonical_key>(key), match, listing));
  }
  [[nodiscard]] std::string host(std::string_view text) const { return key(subject::domain, text); }
  [[nodiscard]] std::string domain(std::string_view text) const {
    return key(subject::domain, text, name_match::subdomains);
  }
  [[nodiscard]] std::string url(std::string_view text) const { return key(subject::url, text); }

  feed_limits limits;

 private:
  static std::string said(const std::optional<row_violation>& found) {
    return found ? std::string(word(found->rule)) + ": " + found->why : std::string();
  }
  row_guard guard_;
};

}  // namespace repute::load::test
