// SPDX-License-Identifier: Apache-2.0
#include "fuzz/canon_properties.hpp"
#include "fuzz/require.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  repute::canon::test::require_properties(repute::subject::url, text);

  // Whatever the text is, userinfo in front of it that no standard reads otherwise leaves no trace.
  const std::string with_password = "http://user:zQ7password%40@" + std::string(text);
  static const repute::canon::canonicalizer canon;
  const auto result = canon.canonical(repute::subject::url, with_password);
  const auto* key = std::get_if<repute::canonical_key>(&result);
  require(key == nullptr || text.find("zQ7") != text.npos ||
          key->canonical.find("zQ7") == std::string::npos);
  return 0;
}
