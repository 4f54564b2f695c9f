// SPDX-License-Identifier: Apache-2.0
// A server's reply about live entries: any line is read or refused with a sentence.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "live_words.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<repute::store::live_entry> entries;
  std::string note;
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  if (repute::tool::read_live_words(line, entries, note) != note.empty()) {
    std::abort();
  }
  return 0;
}
