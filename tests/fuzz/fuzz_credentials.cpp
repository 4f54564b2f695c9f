// SPDX-License-Identifier: Apache-2.0
// Files of keys have one form: what is accepted is exactly what would be written for it.

#include "fuzz/require.hpp"
#include "repute/seal/credentials.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute::seal;
  const std::string_view text = text_of(data, size);
  std::string problem;
  if (const auto keys = parse_master_keys(text, problem)) {
    require(encode_master_keys(*keys).view() == text && keys->newest());
  }
  if (const auto read = parse_credentials(text, problem)) {
    require(encode_credentials(*read).view() == text);
  }
  return 0;
}
