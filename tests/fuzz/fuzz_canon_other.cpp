// SPDX-License-Identifier: Apache-2.0
// The first byte chooses the subject; every text is also guessed and read as a prefix.
#include "fuzz/canon_properties.hpp"
#include "fuzz/require.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view text = text_of(data + 1, size - 1);
  const auto subject = repute::all_subjects[data[0] % repute::all_subjects.size()];
  repute::canon::test::require_properties(subject, text);
  repute::canon::test::require_properties(repute::canon::guess(text), text);

  const auto prefix = repute::canon::parse_prefix(text);
  if (const auto* from = std::get_if<repute::canon::ip_prefix>(&prefix)) {
    require(repute::canon::parse_prefix(show(*from)) == prefix);
  }
  return 0;
}
