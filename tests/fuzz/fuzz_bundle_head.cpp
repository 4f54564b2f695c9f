// SPDX-License-Identifier: Apache-2.0
// A bundle's head that is accepted has one form and promises no more than a snapshot can be.
#include <algorithm>

#include "fuzz/require.hpp"
#include "store/bundle.hpp"
#include "store/manifest.hpp"

using repute::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute::store;
  const repute::byte_view bytes(data, size);
  std::string problem;
  const auto head = decode_bundle_head(bytes, problem);
  require(head.has_value() == problem.empty());
  require(!head || (std::ranges::equal(encode_bundle_head(*head), bytes) &&
                    head->manifest_bytes <= manifest_bytes_max &&
                    head->file_bytes <= snapshot_file_bytes_max));
  return 0;
}
