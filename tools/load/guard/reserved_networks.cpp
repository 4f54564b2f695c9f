// SPDX-License-Identifier: Apache-2.0
#include "load/guard/reserved_networks.hpp"

#include <algorithm>
#include <array>
#include <variant>

namespace repute::load {
namespace {

struct reservation {
  std::string_view network;
  std::string_view purpose;
};

// iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry.
constexpr std::array reservations{
    reservation{"0.0.0.0/8", "\"this network\" (RFC 791)"},
    reservation{"10.0.0.0/8", "private (RFC 1918)"},
    reservation{"100.64.0.0/10", "shared behind carrier NAT (RFC 6598)"},
    reservation{"127.0.0.0/8", "loopback (RFC 1122)"},
    reservation{"169.254.0.0/16", "link-local (RFC 3927)"},
    reservation{"172.16.0.0/12", "private (RFC 1918)"},
    reservation{"192.0.0.0/24", "IETF protocol assignments (RFC 6890)"},
    reservation{"192.0.2.0/24", "documentation (RFC 5737)"},
    reservation{"192.88.99.0/24", "former 6to4 relays (RFC 7526)"},
    reservation{"192.168.0.0/16", "private (RFC 1918)"},
    reservation{"198.18.0.0/15", "benchmarks (RFC 2544)"},
    reservation{"198.51.100.0/24", "documentation (RFC 5737)"},
    reservation{"203.0.113.0/24", "documentation (RFC 5737)"},
    reservation{"224.0.0.0/4", "multicast (RFC 1112)"},
    reservation{"240.0.0.0/4", "reserved, broadcast (RFC 1112)"},
    reservation{"::/8", "unspecified, loopback, embedded IPv4 (RFC 4291)"},
    reservation{"100::/64", "discarded (RFC 6666)"},
    reservation{"2001:2::/48", "benchmarks (RFC 5180)"},
    reservation{"2001:10::/28", "hash identifiers, no addresses (RFC 4843)"},
    reservation{"2001:20::/28", "hash identifiers, no addresses (RFC 7343)"},
    reservation{"2001:db8::/32", "documentation (RFC 3849)"},
    reservation{"3fff::/20", "documentation (RFC 9637)"},
    reservation{"5f00::/16", "segment routing (RFC 9602)"},
    reservation{"fc00::/7", "private (RFC 4193)"},
    reservation{"fe80::/10", "link-local (RFC 4291)"},
    reservation{"fec0::/10", "former site-local (RFC 3879)"},
    reservation{"ff00::/8", "multicast (RFC 4291)"},
};

// 2002:AABB:CCDD::/48 is made from the IPv4 address AA.BB.CC.DD (RFC 3056).
canon::ip_prefix in_6to4(const canon::ip_prefix& v4) noexcept {
  canon::ip_prefix out;
  out.v6 = true;
  out.address[0] = 0x20;
  out.address[1] = 0x02;
  std::copy_n(v4.address.begin(), 4, out.address.begin() + 2);
  out.length = static_cast<std::uint8_t>(16 + v4.length);
  return out;
}

network_set make_reserved() {
  std::vector<labelled_network> networks;
  for (std::uint32_t i = 0; i < reservations.size(); ++i) {
    const auto network = std::get<canon::ip_prefix>(canon::parse_prefix(reservations[i].network));
    networks.push_back({network, i});
    if (!network.v6) {
      networks.push_back({in_6to4(network), i});
    }
  }
  return network_set(networks);
}

}  // namespace

const network_set& reserved_networks() {
  static const network_set networks = make_reserved();
  return networks;
}

std::string_view purpose_of(const labelled_network& network) noexcept {
  return reservations[network.label].purpose;
}

}  // namespace repute::load
