// SPDX-License-Identifier: Apache-2.0
// `repute servers`: the signed list of servers, made and looked at.
#pragma once

#include <string>

namespace repute::tool {

struct servers_sign_options {
  std::string db;    ///< empty: REPUTE_DB; its data epoch is used if the file names none
  std::string file;  ///< servers.toml
  std::string key_file;
  std::string output;  ///< if it is there already, its version + 1 is the default version
};

/// Returns 0, or a sysexits code with the reason on standard error: 64 usage, 65 a document that is
/// none or too long, 66 no such file, 73 or 74 cannot write, 77 permission, 78 a wrong
/// servers.toml.
[[nodiscard]] int cmd_servers_sign(const servers_sign_options& options);

struct servers_show_options {
  std::string file;         ///< a document; empty: ask a server
  std::string server;       ///< empty: REPUTE_SERVER, else 127.0.0.1:7060
  std::string key;          ///< public key that must have signed it; empty: any
  std::string credentials;  ///< as connection_options
  bool plain = false;
  unsigned deadline_ms = 2000;
  bool json = false;
};

/// Returns 0; 1 if the server has no list; 65 if the document is none or not signed as it should
/// be; 66 no such file, 68 a name that cannot be resolved, 69 no answer.
[[nodiscard]] int cmd_servers_show(const servers_show_options& options);

}  // namespace repute::tool
