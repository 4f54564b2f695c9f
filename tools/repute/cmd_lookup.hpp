// SPDX-License-Identifier: Apache-2.0
// `repute lookup`: asks servers about keys as people write them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "environment.hpp"
#include "repute/schema/kind.hpp"

namespace repute::tool {

struct lookup_options {
  connection_options connection;
  std::optional<repute::subject> kind;  ///< nothing: recognised key by key
  bool json = false;
  std::string psl_file;           ///< empty: the list built into libpsl
  std::vector<std::string> keys;  ///< `-` reads keys from standard input, a line each
};

/// Prints one row per key, in order, on standard output. Returns the exit code: 69 if any key had
/// no answer, else 65 if any was malformed, else 0; 74 if standard input or output broke off.
[[nodiscard]] int cmd_lookup(const lookup_options& options);

}  // namespace repute::tool
