// SPDX-License-Identifier: Apache-2.0
// Compressed feeds; the first byte says how much is read at a time. What comes out does not depend
// on that, and an end stays an end.
#include <cstdint>
#include <vector>

#include "fuzz/require.hpp"
#include "load/format/input.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

namespace {

using namespace repute::load;

constexpr std::size_t read_max = std::size_t{1} << 20;  // a bomb is as good as its beginning

std::string read_some(std::string_view bytes, std::size_t step) {
  std::string problem;
  const auto from = decompressed(std::make_unique<memory_input>(bytes), problem);
  if (!from) {
    require(!problem.empty());
    return "?";
  }
  std::string text;
  std::vector<char> piece(step);
  while (text.size() < read_max) {
    const std::size_t got = from->read(piece);
    if (got == 0) {
      require(from->read(piece) == 0);
      break;
    }
    require(got <= step && from->problem().empty());
    text.append(piece.data(), got);
  }
  return text.substr(0, read_max);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view bytes = text_of(data + 1, size - 1);
  const std::string whole = read_some(bytes, read_max);
  const std::string pieces = read_some(bytes, std::size_t{data[0]} * 7 + 1);
  // Of broken data, more or less may be got out before it shows.
  require(whole.starts_with(pieces) || pieces.starts_with(whole));
  return 0;
}
