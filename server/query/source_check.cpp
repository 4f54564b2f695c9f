// SPDX-License-Identifier: Apache-2.0
#include "query/source_check.hpp"

#include <algorithm>

namespace repute::query {

namespace {

using address = std::array<std::uint8_t, 16>;

bool is_v4(const address& value) noexcept {
  constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::equal(mapped.begin(), mapped.end(), value.begin());
}

bool is_multicast(const address& value) noexcept {
  return is_v4(value) ? (value[12] & 0xf0) == 0xe0 : value[0] == 0xff;
}

bool is_unspecified(const address& value) noexcept {
  const auto from = value.begin() + (is_v4(value) ? 12 : 0);
  return std::all_of(from, value.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool is_broadcast(const address& value) noexcept {
  return is_v4(value) &&
         std::all_of(value.begin() + 12, value.end(), [](std::uint8_t b) { return b == 0xff; });
}

}  // namespace

bool may_answer(const datagram& from) noexcept {
  switch (from.peer.port) {
    case 0:
    case 7:
    case 19:
    case 53:
      return false;
    default:
      break;
  }
  const address& source = from.peer.address;
  return !is_unspecified(source) && !is_multicast(source) && !is_broadcast(source) &&
         !is_multicast(from.local.address) && !from.broadcast && from.peer != from.local;
}

}  // namespace repute::query
