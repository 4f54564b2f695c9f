// SPDX-License-Identifier: Apache-2.0
// Networks and addresses with a port: what is accepted has no other characters than they need and,
// written again, is read as the same. A network contains what shares its bits; IPv6 is not IPv4.
// The input is an address of 16 bytes, and a text.
#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "fuzz/require.hpp"
#include "net/socket_address.hpp"
#include "query/network.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

namespace {

using namespace repute;
using address = std::array<std::uint8_t, 16>;
using query::network;

bool bit(const address& of, std::size_t at) {
  return (of[at / 8] >> (7 - at % 8) & 1) != 0;
}

bool contains(const network& wide, const address& other) {
  for (std::size_t at = 0; at < wide.bits; ++at) {
    if (bit(wide.address, at) != bit(other, at)) {
      return false;
    }
  }
  return wide.bits >= network::v4_offset || !network::is_v4(other);
}

std::string to_string(const network& from) {
  const bool is_v4 = network::is_v4(from.address);
  std::array<char, INET6_ADDRSTRLEN> text{};
  require(::inet_ntop(is_v4 ? AF_INET : AF_INET6, from.address.data() + (is_v4 ? 12 : 0),
                      text.data(), text.size()) != nullptr);
  return std::string(text.data()) + "/" +
         std::to_string(from.bits - (is_v4 ? network::v4_offset : 0));
}

void check(const network& read, const address& other) {
  require(query::parse_network(to_string(read)) == read);
  require(read.contains(read.address) && read.contains(other) == contains(read, other));
  for (std::size_t at = 0; at < 128; ++at) {
    address near = read.address;
    near[at / 8] = static_cast<std::uint8_t>(near[at / 8] ^ (0x80U >> (at % 8)));
    require(read.contains(near) == contains(read, near));
    require(at < read.bits || !bit(read.address, at));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  address other{};
  const std::size_t used = std::min(size, other.size());
  std::copy_n(data, used, other.begin());
  const std::string_view text = text_of(data + used, size - used);
  const auto network = query::parse_network(text);
  if (network) {
    check(*network, other);
  }
  const auto read = net::parse_socket_address(text);
  if (read) {
    const auto again = net::parse_socket_address(net::to_string(*read));
    require(again && again->is_v6() == read->is_v6());
    require(net::to_endpoint(*again) == net::to_endpoint(*read));
  }
  require(!(network && read));
  const bool plain = text.find_first_not_of("0123456789abcdefABCDEF.:/[]") == text.npos;
  require(plain || (!network && !read));
  return 0;
}
