// SPDX-License-Identifier: Apache-2.0
// Blocks of records: what is accepted, written again and read again, is the same.
#include <cstdlib>

#include "store/record_block.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute::store;
  record_set first;
  if (!decode_block({data, size}, first)) {
    return 0;
  }
  record_set second;
  if (first.size() == 0 || !decode_block(encode_block(first.some(0, first.size())), second) ||
      second.size() != first.size()) {
    std::abort();
  }
  for (std::size_t i = 0; i < first.size(); ++i) {
    const record a = first[i];
    const record b = second[i];
    if (!same_content(a, b) || a.file != b.file || a.line != b.line) {
      std::abort();
    }
  }
  return 0;
}
