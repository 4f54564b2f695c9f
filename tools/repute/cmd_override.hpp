// SPDX-License-Identifier: Apache-2.0
// `repute override list`: the organisation's own entries, with who, when, why and until when.
#pragma once

#include <string>
#include <variant>

#include "live_changes.hpp"

namespace repute::tool {

struct override_list_options {
  std::string db;  ///< empty: REPUTE_DB
  bool json = false;
};

/// Some of the entries, as they are shown.
struct override_page {
  std::string text;  ///< a line for each
  std::string next;  ///< where the next page begins; empty: this is the last
};

/// What a server's reply to `list` holds. Pure.
[[nodiscard]] std::variant<override_page, change_failure> read_override_page(
    const std::string& reply, bool json);

/// Returns 0; 64 without a database, 74 if the server stops answering, 75 if none serves the
/// directory.
[[nodiscard]] int cmd_override_list(const override_list_options& options);

}  // namespace repute::tool
