// SPDX-License-Identifier: Apache-2.0
// The part `live`: what is accepted, written again, is the same entries.
#include <cstdlib>

#include "store/live_entry.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute::store;
  const auto entries = decode_live({data, size});
  if (entries && decode_live(encode_live(*entries)) != entries) {
    std::abort();
  }
  return 0;
}
