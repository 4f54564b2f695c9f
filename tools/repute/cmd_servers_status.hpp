// SPDX-License-Identifier: Apache-2.0
// `repute servers status`: how a client regards its servers, measured while one looks.
#pragma once

#include <string>

#include "environment.hpp"
#include "repute/client/server_report.hpp"

namespace repute::tool {

struct servers_status_options {
  connection_options connection;
  std::string list_key;   ///< follow the list of servers that this public key signs
  std::string list_file;  ///< where that list is kept
  bool watch = false;     ///< again each second, until interrupted
  bool json = false;
};

/// Asks the servers for a test key fifty times a second, as a filter would, and tells after a
/// second which of them were asked and why. Returns 0; 69 if no server can be used, 68 if a name
/// cannot be resolved, 64 for a server or key that cannot be read.
[[nodiscard]] int cmd_servers_status(const servers_status_options& options);

/// One JSON object without a line feed.
[[nodiscard]] std::string to_json(const client_report& report);
/// A table with a line for each server.
[[nodiscard]] std::string to_text(const client_report& report);

}  // namespace repute::tool
