// SPDX-License-Identifier: Apache-2.0
// STIX patterns: keys come from the text, and what is no pattern has none.
#include <cstdint>

#include "fuzz/require.hpp"
#include "load/format/stix_pattern.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  const auto pattern = repute::load::parse_stix_pattern(text);
  std::size_t bytes = 0;
  for (const auto& key : pattern.keys) {
    bytes += key.value.size();
  }
  require(bytes <= size && (pattern.problem.empty() || pattern.keys.empty()));
  return 0;
}
