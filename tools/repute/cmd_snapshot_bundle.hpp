// SPDX-License-Identifier: Apache-2.0
// `repute snapshot sign | bundle | import`: who stands for a snapshot, and how it travels.
#pragma once

#include <string>
#include <vector>

#include "cmd_snapshot.hpp"

namespace repute::tool {

struct sign_options : snapshot_options {
  std::string key_file;
};

struct bundle_options : snapshot_options {
  std::string output;
};

struct import_options : snapshot_options {
  std::string file;
  std::vector<std::string> trusted_keys;  ///< public keys; if any, only they may have signed it
  bool wait = false;
};

// Each returns 0 or a sysexits code with the reason on standard error: 64 usage, 65 the data is not
// what it should be, 66 no such file, 74 and 77 files, 75 another writer (or no server in time).

[[nodiscard]] int cmd_snapshot_sign(const sign_options& options);
[[nodiscard]] int cmd_snapshot_bundle(const bundle_options& options);
[[nodiscard]] int cmd_snapshot_import(const import_options& options);

}  // namespace repute::tool
