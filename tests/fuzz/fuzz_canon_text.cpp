// SPDX-License-Identifier: Apache-2.0
#include "fuzz/canon_properties.hpp"
#include "fuzz/require.hpp"

using repute::fuzz::text_of;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  repute::canon::test::require_properties(repute::subject::text, text);
  return 0;
}
