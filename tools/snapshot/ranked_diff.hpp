// SPDX-License-Identifier: Apache-2.0
// The differences between two snapshots, the worst first, in bounded memory.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "snapshot/diff.hpp"

namespace repute::snapshot {

struct change_counts {
  std::uint64_t added = 0;
  std::uint64_t removed = 0;
  std::uint64_t changed = 0;

  void count(change_kind what) noexcept;
  [[nodiscard]] std::uint64_t total() const noexcept { return added + removed + changed; }
  bool operator==(const change_counts&) const = default;
};

struct diff_summary {
  change_counts keys;
  std::array<std::uint64_t, severities_of_change> by_severity{};
  std::map<std::string, change_counts> by_feed;  ///< keys whose rows of the feed differ
};

struct diff_limits {
  std::uint64_t shown = ~std::uint64_t{0};         ///< most changes given to the visitor
  std::size_t bytes_kept = std::size_t{64} << 20;  ///< of changes in memory, approximately
};

/// Counts all differences and gives them to `visit`, the worst severity first and within one in the
/// order of the snapshots. The first walk counts and remembers; if there is more to remember than
/// `bytes_kept`, each severity that occurs is a walk of its own.
[[nodiscard]] store::result<diff_summary> ranked_diff(const store::snapshot_reader& before,
                                                      const store::snapshot_reader& after,
                                                      const diff_filter& filter,
                                                      const diff_limits& limits,
                                                      const change_visitor& visit);

}  // namespace repute::snapshot
