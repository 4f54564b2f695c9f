// SPDX-License-Identifier: Apache-2.0
// A server's reply about live entries: any line is read or refused with a sentence.
#include <cstdint>
#include <string>

#include "fuzz/require.hpp"
#include "live_words.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<repute::store::live_entry> entries;
  std::string note;
  const std::string_view line = text_of(data, size);
  require(repute::tool::read_live_words(line, entries, note) == note.empty());
  return 0;
}
