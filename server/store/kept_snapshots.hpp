// SPDX-License-Identifier: Apache-2.0
// Which changes the snapshots on disk know of: those that a rollback may bring back must not be
// forgotten, and their numbers not be given again.
#pragma once

#include <cstdint>
#include <filesystem>

#include "store/snapshot.hpp"

namespace repute::store {

struct kept_changes {
  /// Of all snapshots in DIR/snapshots; 0 if there is none, or if one of them cannot be read or was
  /// built beside another overlay.
  std::uint64_t smallest_base = 0;
  std::uint64_t greatest_base = 0;  ///< whatever overlay
};

/// Reads the head of every snapshot in DIR/snapshots, each checked against its manifest.
[[nodiscard]] result<kept_changes> read_kept_changes(const std::filesystem::path& db,
                                                     std::uint64_t overlay_id);

}  // namespace repute::store
