// SPDX-License-Identifier: Apache-2.0
#include "fuzz/canon_properties.hpp"
#include "fuzz/require.hpp"
#include "text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute;
  const std::string_view text = fuzz::text_of(data, size);
  canon::test::require_properties(subject::text, text);
  fuzz::require(canon::normalise_text(text) == canon::detail::normalise_text_by_icu(text));
  return 0;
}
