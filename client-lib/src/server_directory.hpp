// SPDX-License-Identifier: Apache-2.0
// Which servers there are: those of the configuration and those of the adopted list, under the
// addresses that their names resolved to last. No I/O.
#pragma once

#include <boost/asio/ip/udp.hpp>
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "repute/seal/server_list.hpp"
#include "server_address.hpp"

namespace repute {

class server_directory {
 public:
  using endpoints = std::vector<boost::asio::ip::udp::endpoint>;

  /// Throws boost::system::system_error for a text that cannot be read.
  explicit server_directory(const std::vector<std::string>& configured);

  /// Its servers are added to those of the configuration, instead of those of an older list.
  void adopt(const seal::server_list& list);

  /// Whose addresses must be known, each once.
  [[nodiscard]] std::vector<host_and_port> hosts() const;
  /// True if one of them is a name.
  [[nodiscard]] bool has_names() const;
  void set(const host_and_port& host, endpoints found);

  struct place {
    boost::asio::ip::udp::endpoint endpoint;
    std::chrono::microseconds bias{0};
  };
  /// Every address once, the configured ones first, at most client_servers_max. A server of the
  /// list has the list's bias, in the configuration, too.
  [[nodiscard]] std::vector<place> places() const;

 private:
  struct entry {
    host_and_port host;
    std::chrono::microseconds bias{0};
  };
  using address_key = std::pair<std::string, std::string>;

  std::vector<entry> configured_;
  std::vector<entry> listed_;
  std::map<address_key, endpoints> addresses_;
};

}  // namespace repute
