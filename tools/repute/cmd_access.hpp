// SPDX-License-Identifier: Apache-2.0
// `repute keys init | client | rotate`: who may ask in sealed mode (schema/sealed_mode.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace repute::tool {

/// `repute keys init`: DIR/access with a first master key and nobody in the allow list, and a salt
/// if the database has neither salt nor data; DIR itself where it is missing. Returns 0, 73 if
/// there is an access directory, 74 if something cannot be written.
[[nodiscard]] int cmd_access_init(const std::string& db);

struct client_add_options {
  std::string db;
  std::string name;
  std::vector<std::string> networks;
  std::vector<std::string> kinds;
  std::uint32_t rate = 0;
  std::string not_after;
  std::string suite = "aes-128-gcm";
  std::string output;  ///< empty: NAME.credentials
};
/// `repute keys client add`: a credentials file, and the client in the allow list. Returns 0, 64
/// for a misspelt option, 65 for damaged files, 66 without `repute keys init`, 73 if the client has
/// keys of the newest slot or the file exists.
[[nodiscard]] int cmd_client_add(const client_add_options& options);

/// `repute keys client list`.
[[nodiscard]] int cmd_client_list(const std::string& db, bool json);

/// `repute keys client revoke`: every key of that name. Returns 0, 66 if there is none.
[[nodiscard]] int cmd_client_revoke(const std::string& db, const std::string& name);

struct rotate_options {
  std::string db;
  bool finish = false;
  bool force = false;
};
/// `repute keys rotate`: another master key in the next slot; with `finish` only the newest is
/// kept. Returns 0, 65 if clients still have keys of older slots, 73 if all slots are in use.
[[nodiscard]] int cmd_rotate(const rotate_options& options);

}  // namespace repute::tool
