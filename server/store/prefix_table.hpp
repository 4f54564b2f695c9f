// SPDX-License-Identifier: Apache-2.0
// Longest-prefix match as sorted disjoint ranges; the page is schema/record_format.md.
// The loader resolves all CIDRs and their exclusions to ranges that do not overlap, so that a
// lookup is one search for the last range that begins at or before the address.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "repute/schema/bytes.hpp"

namespace repute::store {

/// A 128-bit address as two host-order halves.
struct address6 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  auto operator<=>(const address6&) const = default;
};
[[nodiscard]] address6 load_address6(const std::uint8_t* network_order) noexcept;
[[nodiscard]] std::uint32_t load_address4(const std::uint8_t* network_order) noexcept;

/// IPv4: range starts with an index over the top bits, so that a search stays inside a few ranges.
/// View of memory that somebody else owns. Thread-safe.
class prefix4_table {
 public:
  prefix4_table() = default;
  /// `first_range` has 2^bits + 1 entries: [i] is the range that holds address i << (32 - bits).
  /// starts[0] is 0 and the starts ascend; values[i] is the dictionary index of range i, 0 for
  /// none.
  prefix4_table(std::uint32_t bits, std::span<const std::uint32_t> first_range,
                std::span<const std::uint32_t> starts,
                std::span<const std::uint32_t> values) noexcept
      : shift_(32 - bits), first_range_(first_range), starts_(starts), values_(values) {}

  [[nodiscard]] std::uint32_t find(std::uint32_t address) const noexcept;
  /// out[i] = find(addresses[i]), any number of them, with the memory of several fetched side by
  /// side. Both have the same size.
  void find(std::span<const std::uint32_t> addresses, std::span<std::uint32_t> out) const noexcept;
  [[nodiscard]] std::size_t ranges() const noexcept { return starts_.size(); }

  /// True if starts ascend, every index lies below `dictionary_size` and the search finds each
  /// range by its first address.
  [[nodiscard]] bool is_sound(std::size_t dictionary_size) const noexcept;

 private:
  // The ranges among which the one of `address` is: first to last.
  struct bounds {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
  };
  [[nodiscard]] const std::uint32_t* index_of(std::uint32_t address) const noexcept;
  [[nodiscard]] bounds bounds_of(std::uint32_t address) const noexcept;
  [[nodiscard]] std::uint32_t range_of(std::uint32_t address, bounds among) const noexcept;

  std::uint32_t shift_ = 32;
  std::span<const std::uint32_t> first_range_;
  std::span<const std::uint32_t> starts_;
  std::span<const std::uint32_t> values_;
};

/// IPv6: the upper 64 bits are searched first, the lower ones only among equal upper halves.
/// View of memory that somebody else owns. Thread-safe.
class prefix6_table {
 public:
  prefix6_table() = default;
  /// high[0] and low[0] are 0; (high[i], low[i]) ascend.
  prefix6_table(std::span<const std::uint64_t> high, std::span<const std::uint64_t> low,
                std::span<const std::uint32_t> values) noexcept
      : high_(high), low_(low), values_(values) {}

  [[nodiscard]] std::uint32_t find(address6 address) const noexcept;
  /// out[i] = find(addresses[i]), any number of them, with the memory of several fetched side by
  /// side. Both have the same size.
  void find(std::span<const address6> addresses, std::span<std::uint32_t> out) const noexcept;
  [[nodiscard]] std::size_t ranges() const noexcept { return values_.size(); }

  /// True if starts ascend, every index lies below `dictionary_size` and the search finds each
  /// range by its first address.
  [[nodiscard]] bool is_sound(std::size_t dictionary_size) const noexcept;

 private:
  [[nodiscard]] std::size_t range_of(address6 address, std::size_t last_by_high) const noexcept;

  std::span<const std::uint64_t> high_;
  std::span<const std::uint64_t> low_;
  std::span<const std::uint32_t> values_;
};

}  // namespace repute::store
