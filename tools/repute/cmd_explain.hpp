// SPDX-License-Identifier: Apache-2.0
// `repute explain`: which feed and line made a key what it is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "repute/schema/kind.hpp"

namespace repute::tool {

struct explain_options {
  std::string db;  ///< empty: REPUTE_DB
  std::optional<repute::subject> kind;
  bool json = false;
  std::string psl_file;
  std::vector<std::string> keys;
};

/// Returns 0, 64 without a database, 65 if a key is malformed or the snapshot damaged, 66 if there
/// is no snapshot.
[[nodiscard]] int cmd_explain(const explain_options& options);

}  // namespace repute::tool
