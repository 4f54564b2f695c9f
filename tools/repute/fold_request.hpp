// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "load/live_fold.hpp"

namespace repute::tool {

/// Asks the server of `db`, if one runs, for a file of its live entries.
[[nodiscard]] load::fold_asker fold_asker_for(const std::string& db);

}  // namespace repute::tool
