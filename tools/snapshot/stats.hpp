// SPDX-License-Identifier: Apache-2.0
// What a snapshot consists of, counted in one walk over its records.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "repute/schema/kind.hpp"
#include "repute/schema/verdict.hpp"
#include "store/snapshot_reader.hpp"

namespace repute::snapshot {

/// When rows end, seen from a time.
enum class expiry_class : std::uint8_t {
  ended,
  within_a_day,
  within_a_week,
  within_30_days,
  later,
  never
};
inline constexpr std::size_t expiry_classes = 6;
[[nodiscard]] std::string_view word(expiry_class value) noexcept;

struct feed_stats {
  std::uint64_t rows = 0;
  std::uint64_t exclusions = 0;
  std::uint64_t keys = 0;       ///< distinct keys and networks
  std::uint64_t only_here = 0;  ///< of them, those that no other feed has
};

struct statistics {
  std::uint64_t rows = 0;
  std::uint64_t keys = 0;  ///< distinct keys and networks of all feeds
  std::map<repute::kind, std::uint64_t> rows_by_kind;
  std::array<std::uint64_t, all_verdicts.size()> rows_by_verdict{};  ///< exclusions aside
  std::uint64_t exclusions = 0;
  std::array<std::uint64_t, expiry_classes> rows_by_expiry{};
  std::vector<feed_stats> feeds;  ///< as the snapshot numbers them
  /// Keys that two feeds (the smaller number first) have both; pairs without any are absent.
  std::map<std::pair<std::uint16_t, std::uint16_t>, std::uint64_t> overlap;
};

/// Counts everything. Memory grows with the number of pairs of feeds that overlap, not with rows.
[[nodiscard]] store::result<statistics> count_rows(const store::snapshot_reader& reader,
                                                   std::uint64_t now_unix_s);

}  // namespace repute::snapshot
