// SPDX-License-Identifier: Apache-2.0
// "Which verdict wins", computed over all feeds when a snapshot is built, so that the server makes
// one probe. The rule is in schema/record_format.md, "Which verdict wins".
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <vector>

#include "load/cover_index.hpp"
#include "load/row_compiler.hpp"
#include "load/row_pile.hpp"
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

/// A key that somebody removed at run time: what feeds say about it counts for no other key. Its
/// own answer stays in the table, hidden by servers for as long as the removal is the last word.
struct removed_key {
  repute::kind kind{};
  fingerprint key{};

  auto operator<=>(const removed_key&) const = default;
};

struct resolve_settings {
  std::uint16_t fixed_feed = 0;  ///< the feed of the test points, which nobody removes
  std::uint64_t ip_seed = 0;
  std::uint32_t now_h = 0;  ///< hour of the load
  unsigned threads = 1;
  std::set<removed_key> removed;
};

/// Where the resolved rows go, in the order of records, on the calling thread. Null: not needed.
struct resolved_sink {
  /// A block of encode_block() and its first record.
  std::function<void(const store::record& first, byte_view block)> block;
  /// `key.verdict` is an index into resolved::verdicts.
  std::function<void(const store::resolved_key& key)> key;
};

/// What is known when all rows went by.
struct resolved {
  std::vector<store::resolved_verdict> verdicts;  ///< distinct
  std::vector<store::resolved_range<std::uint32_t>> ranges4;
  std::vector<store::resolved_range<store::address6>> ranges6;
  std::uint64_t keys = 0;
  std::vector<std::uint64_t> rows_by_feed;  ///< stored ones, by number of the feed
  std::set<removed_key> removed_seen;       ///< those of settings.removed that feeds carry
};

/// Resolves every key and prefix of `rows`, which are sorted, and reads them to the end. What comes
/// out does not depend on the number of threads.
[[nodiscard]] resolved resolve(row_pile& rows, const row_compiler& compiler,
                               const resolve_settings& settings, const resolved_sink& sink,
                               const store::progress_callback& progress);

}  // namespace repute::load
