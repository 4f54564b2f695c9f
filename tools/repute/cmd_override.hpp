// SPDX-License-Identifier: Apache-2.0
// `repute override list`: the organisation's own entries, with who, when, why and until when.
#pragma once

#include <string>

namespace repute::tool {

struct override_list_options {
  std::string db;  ///< empty: REPUTE_DB
  bool json = false;
};

/// Returns 0; 64 without a database, 74 if the server stops answering, 75 if none serves the
/// directory.
[[nodiscard]] int cmd_override_list(const override_list_options& options);

}  // namespace repute::tool
