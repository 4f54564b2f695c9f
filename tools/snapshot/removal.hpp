// SPDX-License-Identifier: Apache-2.0
// Removing old snapshots.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/snapshot.hpp"

namespace repute::snapshot {

struct prune_outcome {
  std::vector<std::uint32_t>
      removed;                      ///< ascending; what an interrupted removal left is among them
  std::vector<std::uint32_t> kept;  ///< ascending
  std::uint64_t freed_bytes = 0;
};

/// Removes all snapshots but the `keep` newest ones, the one in force and the one that was in force
/// before it. Manifests go first and durably, so that a crash leaves whole snapshots and files that
/// are none, which the next call removes. Servers that still map a removed file serve on.
[[nodiscard]] store::result<prune_outcome> prune(const std::string& db, std::size_t keep);

}  // namespace repute::snapshot
