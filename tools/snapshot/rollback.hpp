// SPDX-License-Identifier: Apache-2.0
// Taking a load back: another snapshot of the same directory comes into force.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store/snapshot.hpp"

namespace repute::snapshot {

struct rollback_outcome {
  std::uint32_t generation = 0;  ///< in force now
  /// In force until now; nothing if CURRENT did not say. The same number: nothing had to be done.
  std::optional<std::uint32_t> before;
};

/// Switches CURRENT to generation `wanted`, or to the one that was in force before the present one.
/// The target is verified as a server does it, its salt included, before anything is switched; on
/// any failure but unsynced nothing has changed. A CURRENT that is missing or broken is no obstacle
/// for `wanted`, but mended. not_found: there is no such generation.
[[nodiscard]] store::result<rollback_outcome> roll_back(const std::string& db,
                                                        std::optional<std::uint32_t> wanted);

}  // namespace repute::snapshot
