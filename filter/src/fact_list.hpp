// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "repute/canon/canon.hpp"
#include "repute/mail/facts.hpp"

namespace repute::mail::detail {

/// Facts in order of discovery, none twice in one role.
class fact_list {
 public:
  explicit fact_list(const canon::canonicalizer& canon) : canon_(canon) {}

  /// What has no canonical form is no fact; false then. `value` is how people read it, by default
  /// the canonical form.
  bool add(subject subject, role role, std::string_view text, std::string value = {},
           std::uint64_t size = 0);
  void add(subject subject, role role, canonical_key canonical, std::string value = {},
           std::uint64_t size = 0);

  [[nodiscard]] std::vector<fact> take() { return std::move(facts_); }

 private:
  const canon::canonicalizer& canon_;
  std::vector<fact> facts_;
  std::unordered_set<std::string> seen_;  ///< role, kind, canonical form
};

}  // namespace repute::mail::detail
