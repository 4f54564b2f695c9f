// SPDX-License-Identifier: Apache-2.0
// Which snapshots a database directory holds, without reading all of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/meta.hpp"
#include "store/snapshot.hpp"

namespace repute::snapshot {

/// What a snapshot says about itself. Its bytes are not verified.
struct summary {
  std::uint32_t generation = 0;
  std::uint64_t file_bytes = 0;
  store::snapshot_meta meta;
  std::vector<store::feed_info> feeds;
};

struct catalog_entry {
  std::uint32_t generation = 0;
  std::optional<snapshot::summary> summary;
  std::string problem;  ///< why there is no summary
};

struct catalog {
  std::vector<catalog_entry> entries;     ///< those of snapshots_of()
  std::optional<std::uint32_t> in_force;  ///< as CURRENT says
  std::optional<std::uint32_t> before;    ///< in force before it, as HISTORY says
  std::optional<store::failure> trouble;  ///< CURRENT or HISTORY cannot be read
};

/// Reads manifest, `meta` and `feeds` of one snapshot. Checks their structure only.
[[nodiscard]] store::result<summary> read_summary(const std::string& db, std::uint32_t generation);

/// Generations of `db` that have manifest and file, ascending: a manifest alone is what a killed
/// loader left. The one in force is among them, whatever is left of it.
[[nodiscard]] store::result<std::vector<std::uint32_t>> snapshots_of(const std::string& db);

/// Every snapshot of `db`. A directory that does not exist is not_found.
[[nodiscard]] store::result<catalog> read_catalog(const std::string& db);

/// Generations with a file of this extension (".manifest", ".mdb") in DIR/snapshots, ascending.
[[nodiscard]] store::result<std::vector<std::uint32_t>> generations_with(
    const std::string& db, std::string_view extension);

/// `wanted`, or else the generation in force; not_found if there is no such snapshot.
[[nodiscard]] store::result<std::uint32_t> choose_generation(const std::string& db,
                                                             std::optional<std::uint32_t> wanted);

}  // namespace repute::snapshot
