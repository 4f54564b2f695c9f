// SPDX-License-Identifier: Apache-2.0
#include "fuzz/canon_properties.hpp"
#include "host.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  repute::canon::test::require_properties(repute::subject::domain, text);

  static const repute::canon::detail::name_table names;
  if (names.name(text) != names.name_by_icu(text)) {
    std::abort();  // the short way for plain names must be the same way
  }
  return 0;
}
