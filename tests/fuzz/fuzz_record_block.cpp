// SPDX-License-Identifier: Apache-2.0
// Blocks of records: what is accepted, written again and read again, is the same.

#include "fuzz/require.hpp"
#include "store/record_block.hpp"

using repute::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute::store;
  record_set first;
  if (!decode_block({data, size}, first)) {
    return 0;
  }
  record_set second;
  require(first.size() != 0 && decode_block(encode_block(first.some(0, first.size())), second));
  require(second.size() == first.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    const record a = first[i];
    const record b = second[i];
    require(same_content(a, b) && a.file == b.file && a.line == b.line);
  }
  return 0;
}
