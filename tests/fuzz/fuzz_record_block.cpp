// SPDX-License-Identifier: Apache-2.0
// Blocks of records, compressed (first byte even) or not; what is accepted, written again, is the
// same.
#include <algorithm>
#include <cstdlib>

#include "store/record_block.hpp"

namespace {

void read_all(repute::byte_view raw) {
  using namespace repute::store;
  byte_reader in(raw);
  byte_writer again;
  record next;
  while (!in.empty() && decode_record(in, next)) {
    encode_record(next, again);
    const auto& bytes = again.bytes();
    if (bytes.size() > raw.size() || !std::equal(bytes.begin(), bytes.end(), raw.begin())) {
      std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute::store;
  if (size == 0) {
    return 0;
  }
  const repute::byte_view bytes(data + 1, size - 1);
  if (data[0] % 2 != 0) {
    read_all(bytes);
    return 0;
  }
  if (const auto raw = decompress_block(bytes)) {
    if (raw->size() > block_size_max) {
      std::abort();
    }
    read_all(*raw);
  }
  return 0;
}
