// SPDX-License-Identifier: Apache-2.0
// What a new snapshot would answer to a few keys, found out while its keys go by.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "repute/schema/key.hpp"
#include "repute/schema/verdict.hpp"
#include "repute/seal/fingerprint.hpp"
#include "store/snapshot_writer.hpp"

namespace repute::load {

class resolved_answers {
 public:
  /// The keys to watch for; `fingerprints` and `ip_seed` are of the snapshot's salt.
  resolved_answers(std::span<const canonical_key> keys, const seal::fingerprinter& fingerprints,
                   std::uint64_t ip_seed);

  /// Told of every key of the exact table.
  void see(const store::resolved_key& key) noexcept;

  /// Answers at the time of the load, in the order of the keys; `frame` has the verdicts and the
  /// ranges.
  [[nodiscard]] std::vector<answer> answers(const store::snapshot_frame& frame) const;

 private:
  struct wanted_key {
    store::table_key key;
    std::uint32_t verdict = store::no_verdict;
    std::size_t at = 0;  // in addresses_
  };
  std::vector<wanted_key> wanted_;      // by key
  std::vector<repute::key> addresses_;  // all keys as they travel, in the order asked
};

}  // namespace repute::load
