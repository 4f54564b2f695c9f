// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "fuzz/canon_properties.hpp"
#include "text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  repute::canon::test::require_properties(repute::subject::text, text);
  if (repute::canon::normalise_text(text) != repute::canon::detail::normalise_text_by_icu(text)) {
    std::abort();
  }
  return 0;
}
