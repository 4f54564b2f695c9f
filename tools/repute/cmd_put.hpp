// SPDX-License-Identifier: Apache-2.0
// `repute put`, `repute del`, `repute override add` and `repute override del`: changes at run time,
// in force at once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "repute/schema/kind.hpp"

namespace repute::tool {

struct change_options {
  std::string db;  ///< empty: REPUTE_DB
  std::optional<repute::subject> kind;
  std::string verdict;
  std::string expires;  ///< `24h`; `never` or empty: without end
  std::string reason;
  std::string who;  ///< empty: the login name
  std::string match = "both";
  int score = 0;
  bool json = false;
  std::string psl_file;
  std::vector<std::string> keys;  ///< `-` reads lines from standard input
};

/// Return 0; 64 without a database or with words nobody knows, 65 if a key is malformed or the
/// change is refused, 74 if it could not be stored, 75 if no server serves the directory, 78 if the
/// server runs under another salt. Keys before one that was refused are changed.
[[nodiscard]] int cmd_put(const change_options& options);
[[nodiscard]] int cmd_del(const change_options& options);
[[nodiscard]] int cmd_override_add(const change_options& options);
[[nodiscard]] int cmd_override_del(const change_options& options);

}  // namespace repute::tool
