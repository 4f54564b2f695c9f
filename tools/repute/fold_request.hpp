// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "load/live_fold.hpp"

namespace repute::tool {

using fold_reply = std::variant<std::optional<load::fold_place>, load::fold_failure>;

/// What a server's reply to `fold` says: a place, whose file is a name and no path, or a failure.
/// Pure.
[[nodiscard]] fold_reply read_fold_reply(const std::string& line);

/// Asks the server of `db`, if one runs, for a file of its live entries.
[[nodiscard]] load::fold_asker fold_asker_for(const std::string& db);

}  // namespace repute::tool
