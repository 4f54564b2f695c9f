// SPDX-License-Identifier: Apache-2.0
// A manifest that is accepted is exactly what the writer gives for it, and promises no impossible
// part.

#include "fuzz/require.hpp"
#include "store/manifest.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute::store;
  const std::string_view text = text_of(data, size);
  const auto check = [](std::string_view tried) {
    std::string problem;
    const auto read = decode_manifest(tried, problem);
    require(read.has_value() == problem.empty());
    require(!read || encode_manifest(*read) == tried);
    for (const manifest_part& part : read ? read->parts : std::vector<manifest_part>()) {
      require(file_offset(*read, part) + part.bytes <= read->file_bytes);
      (void)part_at(*read, file_offset(*read, part));
    }
  };
  check(text);
  // No mutation guesses a digest: the same text again with a right last line.
  std::string ended(text.substr(0, text.rfind("end ") == text.npos ? size : text.rfind("end ")));
  ended +=
      "end " + repute::seal::to_hex(repute::seal::sha256(repute::seal::bytes_of(ended))) + "\n";
  check(ended);
  return 0;
}
