// SPDX-License-Identifier: Apache-2.0
// A feed as the snapshot in force has it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "load/guard/feed_diff.hpp"
#include "store/snapshot_reader.hpp"

namespace repute::load {

/// One thread at a time, as the reader that it looks into and that outlives it.
class feed_history {
 public:
  /// `snapshot` null: there is none to compare with, every feed is new.
  feed_history(const store::snapshot_reader* snapshot, std::string_view feed);

  /// Rows as the load before counted them; nothing for a new feed.
  [[nodiscard]] std::optional<std::uint64_t> rows() const noexcept { return rows_; }

  /// Those of `places`, which ascend, that the feed listed already.
  [[nodiscard]] store::result<std::vector<store::record_position>> listed(
      const std::vector<store::record_position>& places) const;

  /// How `now`, the feed's records of this load, differ.
  [[nodiscard]] store::result<feed_difference> compare(const record_source& now) const;

 private:
  const store::snapshot_reader* snapshot_;
  std::uint16_t number_ = 0;
  std::optional<std::uint64_t> rows_;
};

}  // namespace repute::load
