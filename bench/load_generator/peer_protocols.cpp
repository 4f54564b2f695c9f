// SPDX-License-Identifier: Apache-2.0
#include "load_generator/peer_protocols.hpp"

namespace repute::bench {

std::optional<peer_choice> choose_peer(std::string_view word, const peer_workload& load) {
  using memcached = memcached_protocol;
  if (word == "dns") {
    return peer_choice{std::make_unique<dns_protocol>(dns_protocol::names::hex, load), false};
  }
  if (word == "dns-ip") {
    return peer_choice{std::make_unique<dns_protocol>(dns_protocol::names::addresses, load), false};
  }
  if (word == "memcached-udp") {
    return peer_choice{std::make_unique<memcached>(memcached::transport::udp, load), false};
  }
  if (word == "memcached-tcp") {
    return peer_choice{std::make_unique<memcached>(memcached::transport::tcp, load), true};
  }
  if (word == "redis") {
    return peer_choice{std::make_unique<redis_protocol>(load), true};
  }
  if (word == "fuzzy") {
    return peer_choice{std::make_unique<fuzzy_protocol>(load), false};
  }
  return std::nullopt;
}

}  // namespace repute::bench
