// SPDX-License-Identifier: Apache-2.0
#include "fuzz/canon_properties.hpp"
#include "fuzz/require.hpp"
#include "host.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  repute::canon::test::require_properties(repute::subject::domain, text);

  static const repute::canon::detail::name_table names;
  // The short way for plain names must be the same way.
  require(names.name(text) == names.name_by_icu(text));
  return 0;
}
