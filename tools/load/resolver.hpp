// SPDX-License-Identifier: Apache-2.0
// "Which verdict wins", computed over all feeds when a snapshot is built, so that the server makes
// one probe. The rule is in schema/record_format.md, "Which verdict wins".
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "load/row_compiler.hpp"
#include "store/record.hpp"
#include "store/snapshot_writer.hpp"

namespace repute::load {

/// What one row says about a key, and how specific it is.
struct claim {
  store::record row;
  std::uint32_t level =
      0;  ///< 0: a row of the key itself, 1: of its most specific covering key, ...
};

/// The verdict of a key over time, from all claims on it. Pure. `fixed_feed` is the feed of the
/// test points, whose rows win over everything at level 0; `now_h` is the hour of the load. Empty
/// steps: nothing is said about the key.
[[nodiscard]] store::resolved_verdict resolve_claims(std::span<const claim> claims,
                                                     std::uint16_t fixed_feed, std::uint32_t now_h);

/// Order in which the winner among equal-ranking rows is chosen: worse verdict, higher score, lower
/// level, lower category, lower TTL. True if `a` wins.
[[nodiscard]] bool worse_listing(const claim& a, const claim& b) noexcept;

struct resolved_rows {
  std::vector<store::resolved_verdict> verdicts;
  std::vector<store::resolved_key> keys;
  std::vector<store::resolved_range<std::uint32_t>> ranges4;
  std::vector<store::resolved_range<store::address6>> ranges6;
};

/// Resolves every key and prefix of `records`, which are sorted. `compiler` gives covering keys.
[[nodiscard]] resolved_rows resolve(const store::record_set& records, row_compiler& compiler,
                                    std::uint16_t fixed_feed, std::uint64_t ip_seed,
                                    std::uint32_t now_h, const store::progress_callback& progress);

}  // namespace repute::load
