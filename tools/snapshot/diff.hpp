// SPDX-License-Identifier: Apache-2.0
// The differences between two snapshots, group by group, in one walk over both.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "snapshot/change.hpp"
#include "store/snapshot_reader.hpp"

namespace repute::snapshot {

struct diff_filter {
  std::string feed;                     ///< only rows of this feed; empty: of all
  std::optional<repute::subject> kind;  ///< only keys of this kind
};

/// Takes a change; false ends the walk.
using change_visitor = std::function<bool(const change&)>;

/// Gives every key whose rows differ, in the order of the snapshots, then live entries and
/// overrides (unless the filter names a feed). Rows differ by anything but file and line. Verdicts
/// are those of each snapshot at the time of its own load, by the rule for one level of
/// record_format.md section 4. Equal blocks are skipped unread; memory holds one block of each side
/// and one group.
[[nodiscard]] store::result<void> diff(const store::snapshot_reader& before,
                                       const store::snapshot_reader& after,
                                       const diff_filter& filter, const change_visitor& visit);

}  // namespace repute::snapshot
