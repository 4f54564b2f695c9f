// SPDX-License-Identifier: Apache-2.0
// Which keys of a message are asked: quotas, so that decoys push nothing out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "repute/canon/canon.hpp"
#include "repute/mail/facts.hpp"
#include "repute/schema/key.hpp"
#include "repute/seal/fingerprint.hpp"

namespace repute::mail {

/// Keys of one message, 128 at most: what fits two datagrams.
inline constexpr std::size_t keys_max = 128;

/// A message as a lookup. `keys` has no key twice.
struct question {
  std::vector<key> keys;
  /// For each fact the places of its levels in `keys`, the most specific first; empty for a fact
  /// that is not asked. A level that did not fit is left out.
  std::vector<std::vector<std::uint16_t>> levels;
  bool quota_reached = false;  ///< something was left out: limit::quota
};

/// Chooses keys of `from.facts` by the quotas of the protocol: 16 for addresses, 32 for digests,
/// 4 for texts, 48 for names, 28 for URLs; what one does not use passes to the next. Within a kind
/// one of each registrable domain comes first: half of them from the start of the message, a
/// quarter from its end, the rest drawn by `seed`. The client's address, authenticated names and
/// the sender come before all others of their kind; of digests the largest file first.
[[nodiscard]] question ask_about(const message_facts& from, const canon::canonicalizer& canon,
                                 const seal::fingerprinter& fingerprints, std::uint64_t seed);

}  // namespace repute::mail
