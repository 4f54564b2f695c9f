// SPDX-License-Identifier: Apache-2.0
// A list of keys as datagrams ask for it: each key once, in parts that fit.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "repute/schema/key.hpp"

namespace repute::core {

/// A hash that nobody can foretell without the seed; equal keys have equal ones.
[[nodiscard]] std::uint64_t hash_key(const key& k, std::uint64_t seed) noexcept;

/// Keys without repetition, and where each key of the request went.
struct unique_keys {
  std::vector<key> keys;                ///< in order of first appearance
  std::vector<std::uint32_t> position;  ///< position[i]: index into `keys` of the i-th key asked
};
[[nodiscard]] unique_keys deduplicate(std::vector<key> keys, std::uint64_t seed);

/// How many of the first keys fit into one datagram: at most 64, at most 2 text signatures (the
/// server skips more) and at most 1232 bytes. At least 1 unless `keys` is empty.
[[nodiscard]] std::size_t datagram_share(std::span<const key> keys) noexcept;

}  // namespace repute::core
