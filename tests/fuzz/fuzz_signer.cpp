// SPDX-License-Identifier: Apache-2.0
// Any text has a signature of this format or none. With one it has all bands of the whole text, and
// those of the head and of the tail all or none: none where one word is repeated throughout.
#include <algorithm>
#include <cstdlib>
#include <span>
#include <string_view>

#include "repute/textsig/signer.hpp"

namespace {

constexpr std::size_t tail_from = 69;  // schema/text_signature.md, section 5

bool all_or_none(std::span<const std::uint32_t> bands) {
  const auto absent = static_cast<std::size_t>(std::ranges::count(bands, 0U));
  return absent == 0 || absent == bands.size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using repute::text_signature;
  static const repute::textsig::signer sign{repute::seal::deployment_salt{}};
  const auto made = sign({reinterpret_cast<const char*>(data), size});
  if (!made) {
    return 0;
  }
  const std::span bands(made->bands);
  const auto whole = bands.first(text_signature::whole_bands);
  if (made->format != text_signature::this_format || made->filter_version != 0 ||
      std::ranges::count(whole, 0U) != 0 ||
      !all_or_none(bands.subspan(whole.size(), tail_from - whole.size())) ||
      !all_or_none(bands.subspan(tail_from))) {
    std::abort();
  }
  return 0;
}
