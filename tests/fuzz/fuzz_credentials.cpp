// SPDX-License-Identifier: Apache-2.0
// Files of keys have one form: what is accepted is exactly what would be written for it.
#include <cstdlib>

#include "repute/seal/credentials.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute::seal;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string problem;
  if (const auto keys = parse_master_keys(text, problem)) {
    if (encode_master_keys(*keys).view() != text || !keys->newest()) {
      std::abort();
    }
  }
  if (const auto read = parse_credentials(text, problem)) {
    if (encode_credentials(*read).view() != text) {
      std::abort();
    }
  }
  return 0;
}
