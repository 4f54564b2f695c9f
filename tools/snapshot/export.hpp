// SPDX-License-Identifier: Apache-2.0
// Every row of a snapshot, live entries included, as CSV or JSONL that a load takes back.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "load/export_line.hpp"
#include "store/snapshot_reader.hpp"

namespace repute::snapshot {

/// Takes some lines of the export; false ends it.
using text_sink = std::function<bool(std::string_view)>;

/// Writes the snapshot's line, its feeds with their files, its rows in the order of the snapshot,
/// then live entries and overrides. With `feed`, that feed and its rows alone. In bounded memory.
[[nodiscard]] store::result<void> export_snapshot(const store::snapshot_reader& reader,
                                                  load::export_format format,
                                                  const std::string& feed, const text_sink& sink);

}  // namespace repute::snapshot
