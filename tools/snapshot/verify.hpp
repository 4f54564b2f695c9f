// SPDX-License-Identifier: Apache-2.0
// Whether a snapshot is whole: its bytes, then everything they mean.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/snapshot.hpp"

namespace repute::snapshot {

inline constexpr std::size_t problems_max = 100;  ///< more are not told

struct verification {
  std::uint32_t generation = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t records = 0;          ///< unpacked and checked
  std::uint64_t keys = 0;             ///< found in the table
  std::vector<std::string> problems;  ///< empty: the snapshot is whole
};

/// Checks the signature, if there is one, by the key that it names, whoever's that is. Compares
/// every chunk with the manifest, naming what lies in the damaged ones. If all are right,
/// also checks the parts, the prefix tables, the dictionary and its sources, the digest and order
/// of every block of records, each record, and that the keys of the records are those of the table.
/// A failure is not_found or io; damage is among the problems.
[[nodiscard]] store::result<verification> verify(const std::string& db, std::uint32_t generation);

}  // namespace repute::snapshot
