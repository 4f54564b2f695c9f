// SPDX-License-Identifier: Apache-2.0
#include "fact_list.hpp"

namespace repute::mail::detail {

bool fact_list::add(subject subject, role role, std::string_view text, std::string value,
                    std::uint64_t size) {
  auto canonical = canon_.canonical(subject, text);
  auto* key = std::get_if<canonical_key>(&canonical);
  if (key != nullptr) {
    add(subject, role, std::move(*key), std::move(value), size);
  }
  return key != nullptr;
}

void fact_list::add(subject subject, role role, canonical_key canonical, std::string value,
                    std::uint64_t size) {
  std::string mark{static_cast<char>(role), static_cast<char>(canonical.kind)};
  if (seen_.insert(mark += canonical.canonical).second) {
    if (value.empty()) {
      value = canon::show(canonical);
    }
    facts_.push_back({subject, role, std::move(value), std::move(canonical), size});
  }
}

}  // namespace repute::mail::detail
