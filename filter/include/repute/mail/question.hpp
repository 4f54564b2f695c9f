// SPDX-License-Identifier: Apache-2.0
// Which keys of a message are asked: quotas, so that decoys push nothing out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "repute/canon/canon.hpp"
#include "repute/mail/facts.hpp"
#include "repute/schema/key.hpp"
#include "repute/seal/fingerprint.hpp"

namespace repute::mail {

/// Keys of one message at most, each text signature counted as 11: what fits two datagrams.
inline constexpr std::size_t keys_max = 128;

/// A message as a lookup. `keys` has no key twice; text signatures come first.
struct question {
  std::vector<key> keys;
  /// For each fact the places of its levels in `keys`, the most specific first; empty for a fact
  /// that is not asked. A level that did not fit is left out.
  std::vector<std::vector<std::uint16_t>> levels;
  bool quota_reached = false;  ///< something was left out: limit::quota
};

/// Chooses keys of `from.facts` by the quotas of the protocol: 16 for addresses; 32 for digests,
/// addresses of mail and what is given; 4 for texts, 48 for names, 28 for URLs; what one does not
/// use passes to the next. Of addresses, names and URLs one of each registrable domain comes first:
/// half of them from the start of the message, a quarter from its end, the rest drawn by `seed`;
/// the client and the sender before them. Of digests the largest file first. Of the levels of a
/// name or URL the most valuable first: a name and its registrable domain, a URL with and without
/// its query and its host.
[[nodiscard]] question ask_about(const message_facts& from, const canon::canonicalizer& canon,
                                 const seal::fingerprinter& fingerprints, std::uint64_t seed);

}  // namespace repute::mail
