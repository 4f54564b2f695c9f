// SPDX-License-Identifier: Apache-2.0
// Where servers are, from the text of a configuration.
#pragma once

#include <boost/asio/ip/udp.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace repute {

struct host_and_port {
  std::string host;
  std::string port;

  bool operator==(const host_and_port&) const = default;
};

/// Splits `HOST`, `HOST:PORT`, `ADDRESS` or `[V6ADDRESS]:PORT`. Nothing if there is no host or the
/// port is not 1..65535. Text with two or more colons and no bracket is an IPv6 address without a
/// port.
[[nodiscard]] std::optional<host_and_port> split_server(std::string_view text);

/// Splits it, or throws boost::system::system_error, naming the text at fault.
[[nodiscard]] host_and_port split_server_or_throw(const std::string& text);

/// True if the host is a name that a resolver could answer otherwise tomorrow.
[[nodiscard]] bool is_name(const host_and_port& server);

/// The addresses of one host that are servers: the IPv4 ones, or else the IPv6 ones.
[[nodiscard]] std::vector<boost::asio::ip::udp::endpoint> usable_endpoints(
    const boost::asio::ip::udp::resolver::results_type& found);

/// Those of a host. Asks the system's resolver for names, so it may block for seconds. Throws
/// boost::system::system_error, naming the host.
[[nodiscard]] std::vector<boost::asio::ip::udp::endpoint> resolve(const host_and_port& server);

/// `ADDRESS:PORT`, `[V6ADDRESS]:PORT`.
[[nodiscard]] std::string name_of(const boost::asio::ip::udp::endpoint& endpoint);

/// Addresses of all servers, each once, in order; as resolve().
[[nodiscard]] std::vector<boost::asio::ip::udp::endpoint> resolve_servers(
    const std::vector<std::string>& servers);

}  // namespace repute
