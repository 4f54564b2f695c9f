// SPDX-License-Identifier: Apache-2.0
// Finds the rows that cover a key, whatever their number, while the rows themselves may lie on the
// disk.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "load/row_pile.hpp"
#include "store/key_filter.hpp"

namespace repute::load {

/// A network with rows. Networks of one family sorted by address, shorter first, form a forest.
struct covering_prefix {
  static constexpr std::uint32_t none = 0xffffffff;

  fingerprint start{};
  std::uint8_t length = 0;
  std::uint32_t parent = none;  ///< the longest network around it
  std::span<const cover_row> rows;
};

/// Immutable and thread-safe.
class cover_index {
 public:
  /// Takes over what `pile`, sorted, knows of covering rows.
  explicit cover_index(row_pile& pile);

  /// False: no row of any feed has a canonical form with this store::hash_of(). True: perhaps.
  [[nodiscard]] bool may_hold(kind kind, std::uint64_t hash) const noexcept {
    return filters_[position_of(kind)].may_hold(hash);
  }
  /// Begins to fetch what may_hold() will read.
  void prefetch(kind kind, std::uint64_t hash) const noexcept {
    filters_[position_of(kind)].prefetch(hash);
  }

  /// Rows of a key; of a single address, if it is one.
  [[nodiscard]] std::span<const cover_row> rows_of(kind kind,
                                                   const fingerprint& key) const noexcept;
  /// Begins to fetch what rows_of() will read first.
  void prefetch_rows(kind kind, const fingerprint& key) const noexcept;

  [[nodiscard]] const std::vector<covering_prefix>& prefixes(kind family) const noexcept {
    return family == kind::ip4 ? prefixes4_ : prefixes6_;
  }
  /// Number of the longest network around an address, or covering_prefix::none.
  [[nodiscard]] std::uint32_t innermost(kind family, const fingerprint& address) const noexcept;

 private:
  void link_prefixes(kind family, std::vector<covering_prefix>& into) const;

  std::vector<std::vector<cover_row>> rooms_;
  std::array<store::key_filter, all_kinds.size()> filters_;  // small ones stay in a near cache
  std::vector<covering_prefix> prefixes4_;
  std::vector<covering_prefix> prefixes6_;
};

/// 32 or 128.
[[nodiscard]] constexpr std::uint8_t full_length(kind family) noexcept {
  return family == kind::ip4 ? 32 : 128;
}

}  // namespace repute::load
