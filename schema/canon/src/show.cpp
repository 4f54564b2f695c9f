// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "ascii.hpp"
#include "ip.hpp"
#include "repute/seal/digest.hpp"

namespace repute::canon {
namespace {

std::string show_record(std::string record) {
  if (record.ends_with('\0')) {
    record.pop_back();
  }
  std::ranges::replace(record, '\0', ' ');
  return record;
}

std::string show_ip(const canonical_key& key) {
  ip_prefix address;
  address.v6 = key.kind == kind::ip6;
  std::ranges::copy(key.canonical, address.address.begin());
  return detail::show_address(address);
}

/// Bytes that an address or an id has; other kinds are shown whatever their size.
std::size_t raw_size(kind value) noexcept {
  switch (value) {
    case kind::ip4:
    case kind::category:
    case kind::topic:
    case kind::heuristic:
      return 4;
    case kind::ip6:
      return 16;
    default:
      return 0;
  }
}

}  // namespace

std::string show(const canonical_key& key) {
  const std::size_t size = raw_size(key.kind);
  const auto bytes = seal::bytes_of(key.canonical);
  if (size != 0 && bytes.size() != size) {
    return seal::to_hex(bytes);
  }
  switch (key.kind) {
    case kind::ip4:
    case kind::ip6:
      return show_ip(key);
    case kind::category:
    case kind::topic:
    case kind::heuristic:
      return std::to_string(load_le<std::uint32_t>(bytes.data()));
    case kind::av_record:
      return show_record(key.canonical);
    case kind::host:
    case kind::domain:
    case kind::url:
    case kind::email:
    case kind::text_exact:
      return key.canonical;
    default:
      return seal::to_hex(bytes);
  }
}

}  // namespace repute::canon
