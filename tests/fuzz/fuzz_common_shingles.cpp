// SPDX-License-Identifier: Apache-2.0
// A file of common shingles, its check made right, so that what lies behind it is reached. One that
// is accepted can be asked about anything.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "repute/seal/digest.hpp"
#include "repute/textsig/common_shingles.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> file(data, data + size);
  constexpr std::size_t check_size = 8;
  if (size >= check_size) {
    const auto digest = repute::seal::sha256(repute::byte_view(file).first(size - check_size));
    std::copy_n(digest.begin(), check_size, file.end() - check_size);
  }
  std::string problem;
  const auto read = repute::textsig::common_shingles::decode(file, {}, problem);
  if (read.has_value() != problem.empty()) {
    std::abort();
  }
  if (read) {
    std::uint64_t x = 0;
    for (std::size_t i = 0; i < 1000; ++i) {
      x += 0x9e3779b97f4a7c15 + (read->contains(x) ? 1 : 0);
    }
    if (read->version() < 1 || read->version() > 7) {
      std::abort();
    }
  }
  return 0;
}
