// SPDX-License-Identifier: Apache-2.0
// The part `live`: what is accepted, written again, is the same entries.

#include "fuzz/require.hpp"
#include "store/live_entry.hpp"

using repute::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute::store;
  const auto entries = decode_live({data, size});
  require(!entries || decode_live(encode_live(*entries)) == entries);
  return 0;
}
