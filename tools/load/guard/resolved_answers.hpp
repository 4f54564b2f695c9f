// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "repute/schema/key.hpp"
#include "repute/schema/verdict.hpp"
#include "repute/seal/fingerprint.hpp"
#include "store/snapshot_writer.hpp"

namespace repute::load {

/// What a snapshot of `content` would answer at the time of the load, in the order of `keys`. One
/// pass over all its keys, so ask for many at once.
[[nodiscard]] std::vector<answer> resolved_answers(const store::snapshot_content& content,
                                                   std::span<const canonical_key> keys,
                                                   seal::fingerprinter& fingerprints);

}  // namespace repute::load
