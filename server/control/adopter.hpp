// SPDX-License-Identifier: Apache-2.0
// Puts the snapshot that DIR/CURRENT names in force, or says why not.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "store/serving_store.hpp"

namespace repute::control {

/// Outcome of one look at CURRENT.
struct adoption {
  std::optional<store::snapshot_info> in_force;  ///< now; nothing before the first snapshot
  std::optional<store::failure> refusal;         ///< why CURRENT's snapshot is not in force
  bool changed = false;                          ///< another snapshot than before is in force
  std::optional<store::failure> not_compacted;   ///< why known live entries stay in the overlay
  double seconds = 0;                            ///< that it took
};

/// One thread at a time. Opening a snapshot reads all of it: seconds for gigabytes.
class adopter {
 public:
  /// `into` outlives the adopter. If there are `trusted` keys, only snapshots signed with one of
  /// them are adopted.
  adopter(std::filesystem::path database, store::storage_mode mode, store::serving_store& into,
          std::vector<seal::public_key> trusted = {});

  /// Whatever goes wrong, what was in force stays in force.
  [[nodiscard]] adoption adopt();

  /// The outcome of an attempt that ended with an exception.
  [[nodiscard]] adoption refusal(std::string message) const {
    return {.in_force = in_force_,
            .refusal = store::failure{store::store_error::io, std::move(message)},
            .changed = false,
            .not_compacted = {},
            .seconds = 0};
  }

  /// Unmaps former snapshots that no worker reads any more; how many are left.
  std::size_t reclaim() { return into_.reclaim(); }

 private:
  [[nodiscard]] store::result<std::unique_ptr<const store::snapshot>> open(
      std::uint32_t generation) const;

  std::filesystem::path database_;
  store::storage_mode mode_;
  store::serving_store& into_;
  std::vector<seal::public_key> trusted_;
  std::optional<store::snapshot_info> in_force_;
};

}  // namespace repute::control
