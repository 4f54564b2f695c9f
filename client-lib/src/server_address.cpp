// SPDX-License-Identifier: Apache-2.0
#include "server_address.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>
#include <charconv>
#include <sstream>

#include "repute/client/error.hpp"
#include "repute/client/types.hpp"
#include "repute/schema/wire.hpp"

namespace repute {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

}  // namespace

std::optional<host_and_port> split_server(std::string_view text) {
  host_and_port result{{}, std::to_string(wire::default_port)};
  std::string_view port;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == text.npos) {
      return std::nullopt;
    }
    result.host = text.substr(1, close - 1);
    port = text.substr(close + 1);
  } else if (std::ranges::count(text, ':') == 1) {
    result.host = text.substr(0, text.find(':'));
    port = text.substr(text.find(':'));
  } else {
    result.host = text;
  }
  if (!port.empty()) {
    if (port.front() != ':' || !is_port(port.substr(1))) {
      return std::nullopt;
    }
    result.port = port.substr(1);
  }
  return result.host.empty() ? std::nullopt : std::optional{std::move(result)};
}

host_and_port split_server_or_throw(const std::string& text) {
  auto parts = split_server(text);
  if (!parts) {
    throw boost::system::system_error(errc::bad_server, "\"" + text + "\"");
  }
  return *std::move(parts);
}

bool is_name(const host_and_port& server) {
  boost::system::error_code error;
  (void)asio::ip::make_address(server.host, error);
  return error.failed();
}

std::vector<udp::endpoint> usable_endpoints(const udp::resolver::results_type& found) {
  const bool has_v4 =
      std::ranges::any_of(found, [](const auto& e) { return e.endpoint().address().is_v4(); });
  std::vector<udp::endpoint> endpoints;
  for (const auto& entry : found) {
    if (entry.endpoint().address().is_v4() == has_v4) {
      endpoints.push_back(entry.endpoint());
    }
  }
  return endpoints;
}

std::vector<udp::endpoint> resolve(const host_and_port& server) {
  asio::io_context context;
  boost::system::error_code error;
  const auto found = udp::resolver(context).resolve(server.host, server.port,
                                                    udp::resolver::numeric_service, error);
  if (error) {
    // Made anew, since Asio's code carries a source location into the message.
    throw boost::system::system_error({error.value(), error.category()},
                                      "\"" + server.host + ":" + server.port + "\"");
  }
  return usable_endpoints(found);
}

std::string name_of(const udp::endpoint& endpoint) {
  std::ostringstream name;
  name << endpoint;
  return name.str();
}

std::vector<udp::endpoint> resolve_servers(const std::vector<std::string>& servers) {
  std::vector<udp::endpoint> endpoints;
  for (const std::string& text : servers) {
    for (const udp::endpoint& endpoint : resolve(split_server_or_throw(text))) {
      if (std::ranges::find(endpoints, endpoint) == endpoints.end()) {
        endpoints.push_back(endpoint);
      }
    }
  }
  if (endpoints.empty() || endpoints.size() > client_servers_max) {
    throw boost::system::system_error(errc::bad_server, "list of servers");
  }
  return endpoints;
}

}  // namespace repute
