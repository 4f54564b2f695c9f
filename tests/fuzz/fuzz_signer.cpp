// SPDX-License-Identifier: Apache-2.0
// Any text has a signature of this format or none. With one it has all bands of the whole text, and
// the bands of head and tail all or none: there is no filter here, so all.
#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "repute/textsig/signer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const repute::textsig::signer sign{repute::seal::deployment_salt{}};
  const auto made = sign({reinterpret_cast<const char*>(data), size});
  if (made && (made->format != repute::text_signature::this_format || made->filter_version != 0 ||
               std::ranges::count(made->bands, 0U) != 0)) {
    std::abort();
  }
  return 0;
}
