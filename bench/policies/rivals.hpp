// SPDX-License-Identifier: Apache-2.0
// Other people's ways to choose a server, as small models: enough of each to see how it behaves in
// a LAN, not its code. What each leaves out is said beside it.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "sim/load_world.hpp"

namespace repute::bench {

struct contender {
  std::string_view name;
  std::string_view rule;  ///< in one line, for the table's legend
  sim::make_policy make;
};

/// The rivals, and ours last.
[[nodiscard]] const std::vector<contender>& contenders();

}  // namespace repute::bench
