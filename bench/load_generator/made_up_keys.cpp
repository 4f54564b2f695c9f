// SPDX-License-Identifier: Apache-2.0
#include "load_generator/made_up_keys.hpp"

namespace repute::bench {

void write_made_up_key(kind kind, std::uint64_t n, std::uint8_t* to) noexcept {
  if (kind == kind::ip4) {
    store_le(to, permuted32(static_cast<std::uint32_t>(n)));
    return;
  }
  store_le(to, mixed(2 * n + 1));
  store_le(to + 8, mixed(2 * n + 2));
  if (kind == kind::ip6) {
    to[0] = static_cast<std::uint8_t>(0x20 | (to[0] & 0x0f));
  }
}

}  // namespace repute::bench
