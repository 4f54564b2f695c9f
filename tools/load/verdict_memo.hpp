// SPDX-License-Identifier: Apache-2.0
// Verdicts computed once for equal claims, and kept once if they are equal.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "load/stored_row.hpp"
#include "store/snapshot_writer.hpp"

namespace repute::load {

/// A claim on a key without what the rule does not ask for.
struct said {
  std::uint32_t attributes = 0;
  std::uint32_t level = 0;
};

/// resolve_claims() with a memory: millions of keys have few distinct sets of claims. One thread at
/// a time.
class verdict_memo {
 public:
  /// Adds verdicts to `verdicts`, which outlives it as `pool` does.
  verdict_memo(const attribute_pool& pool, std::uint16_t fixed_feed, std::uint32_t now_h,
               std::vector<store::resolved_verdict>& verdicts)
      : pool_(pool), fixed_feed_(fixed_feed), now_h_(now_h), verdicts_(verdicts) {}

  /// Index into the verdicts. `claims` are not empty, those of level 0 come first.
  [[nodiscard]] std::uint32_t index_of(kind kind, std::span<const said> claims);

 private:
  [[nodiscard]] store::resolved_verdict resolve(kind kind, std::span<const said> claims) const;

  const attribute_pool& pool_;
  std::uint16_t fixed_feed_;
  std::uint32_t now_h_;
  std::vector<store::resolved_verdict>& verdicts_;
  boost::unordered_flat_map<std::string, std::uint32_t> known_;
  std::string key_;
  std::string last_key_;
  std::uint32_t last_ = 0;
};

/// Distinct verdicts by number. One thread at a time.
class verdict_pool {
 public:
  explicit verdict_pool(std::vector<store::resolved_verdict>& verdicts) : verdicts_(verdicts) {}
  [[nodiscard]] std::uint32_t index_of(const store::resolved_verdict& verdict);

 private:
  std::vector<store::resolved_verdict>& verdicts_;
  boost::unordered_flat_map<std::string, std::uint32_t> known_;
  std::string key_;
};

}  // namespace repute::load
