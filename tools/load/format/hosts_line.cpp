// SPDX-License-Identifier: Apache-2.0
#include "load/format/hosts_line.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "load/format/text.hpp"

namespace repute::load {

bool is_hosts_address(std::string_view text) {
  text = text.substr(0, text.find('%'));  // fe80::1%lo0: the zone is the machine's own affair
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  std::array<unsigned char, 16> binary{};
  if (text.size() >= terminated.size()) {
    return false;
  }
  std::copy(text.begin(), text.end(), terminated.begin());
  return inet_pton(AF_INET, terminated.data(), binary.data()) == 1 ||
         inet_pton(AF_INET6, terminated.data(), binary.data()) == 1;
}

bool is_own_name(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 12> own{
      "localhost",     "localhost.localdomain", "local",        "broadcasthost",
      "ip6-localhost", "ip6-loopback",          "ip6-localnet", "ip6-mcastprefix",
      "ip6-allnodes",  "ip6-allrouters",        "ip6-allhosts", "0.0.0.0"};
  return std::ranges::any_of(
      own, [name](std::string_view each) { return same_ignoring_case(each, name); });
}

}  // namespace repute::load
