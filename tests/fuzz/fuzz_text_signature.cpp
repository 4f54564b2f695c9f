// SPDX-License-Identifier: Apache-2.0
// The 192 bytes: any are a signature in whose ranges all is, and say the same when written again.
#include <algorithm>
#include <cstdlib>

#include "repute/schema/text_signature.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using repute::text_signature;
  repute::text_signature_bytes bytes{};
  std::copy_n(data, std::min(size, bytes.size()), bytes.begin());
  const text_signature read = repute::decode_text_signature(bytes);
  const bool in_range = read.format <= 3 && read.filter_version <= 7 &&
                        std::ranges::all_of(read.bands, [](std::uint32_t band) {
                          return band >> text_signature::band_bits == 0;
                        });
  if (!in_range || repute::encode_text_signature(read) != bytes) {
    std::abort();
  }
  return 0;
}
