// SPDX-License-Identifier: Apache-2.0
#include "server_directory.hpp"

#include <algorithm>

#include "repute/client/types.hpp"

namespace repute {

server_directory::server_directory(const std::vector<std::string>& configured) {
  for (const std::string& text : configured) {
    configured_.push_back({.host = split_server_or_throw(text)});
  }
}

void server_directory::adopt(const seal::server_list& list) {
  listed_.clear();
  for (const seal::server_entry& server : list.servers) {
    listed_.push_back({.host = {server.address, std::to_string(server.port)},
                       .bias = std::chrono::microseconds{server.bias_us}});
  }
}

std::vector<host_and_port> server_directory::hosts() const {
  std::vector<host_and_port> hosts;
  for (const auto* entries : {&configured_, &listed_}) {
    for (const entry& it : *entries) {
      if (std::ranges::find(hosts, it.host) == hosts.end()) {
        hosts.push_back(it.host);
      }
    }
  }
  return hosts;
}

bool server_directory::has_names() const {
  const auto hosts_now = hosts();
  return std::ranges::any_of(hosts_now, is_name);
}

void server_directory::set(const host_and_port& host, endpoints found) {
  addresses_[{host.host, host.port}] = std::move(found);
}

std::vector<server_directory::place> server_directory::places() const {
  std::vector<place> all;
  for (const auto* entries : {&configured_, &listed_}) {
    for (const entry& it : *entries) {
      const auto found = addresses_.find({it.host.host, it.host.port});
      if (found == addresses_.end()) {
        continue;
      }
      for (const auto& endpoint : found->second) {
        const auto known = std::ranges::find(all, endpoint, &place::endpoint);
        if (known != all.end()) {
          known->bias = std::max(known->bias, it.bias);
        } else if (all.size() < client_servers_max) {
          all.push_back({endpoint, it.bias});
        }
      }
    }
  }
  return all;
}

}  // namespace repute
