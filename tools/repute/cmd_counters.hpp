// SPDX-License-Identifier: Apache-2.0
// `repute counters`: what the server of a database directory has counted since it started: what it
// answered, and what it dropped and why.
#pragma once

#include <string>
#include <variant>

#include "live_changes.hpp"

namespace repute::tool {

struct counters_options {
  std::string db;     ///< empty: REPUTE_DB
  bool json = false;  ///< all, as the server says them
};

/// What a server's reply to `stats` holds: a line for each counter above 0, with its meaning if it
/// is known here. Pure.
[[nodiscard]] std::variant<std::string, change_failure> show_counters(const std::string& reply);

/// Returns 0; 64 without a database, 74 if the server stops answering, 75 if none serves the
/// directory.
[[nodiscard]] int cmd_counters(const counters_options& options);

}  // namespace repute::tool
