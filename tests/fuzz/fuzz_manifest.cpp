// SPDX-License-Identifier: Apache-2.0
// A manifest that is accepted is exactly what the writer gives for it, and promises no impossible
// part.
#include <cstdlib>

#include "store/manifest.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute::store;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto check = [](std::string_view tried) {
    std::string problem;
    const auto read = decode_manifest(tried, problem);
    if (read.has_value() != problem.empty() || (read && encode_manifest(*read) != tried)) {
      std::abort();
    }
    for (const manifest_part& part : read ? read->parts : std::vector<manifest_part>()) {
      if (file_offset(*read, part) + part.bytes > read->file_bytes) {
        std::abort();
      }
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
