// SPDX-License-Identifier: Apache-2.0
// What guards object to, for people and for scripts.
#pragma once

#include <string>
#include <vector>

#include "load/guard/guard_rule.hpp"

namespace repute::tool {

/// Lines that begin with `repute load: `, safe for a terminal; empty without reports.
[[nodiscard]] std::string guards_text(const std::vector<load::guard_report>& reports);

/// A JSON array of {"guard", "feed" or null, "count", "first": [...], "difference" or null}.
[[nodiscard]] std::string guards_json(const std::vector<load::guard_report>& reports);

}  // namespace repute::tool
