// SPDX-License-Identifier: Apache-2.0
// Longest-prefix match as sorted disjoint ranges; the page is schema/record_format.md.
// The loader resolves all CIDRs and their exclusions to ranges that do not overlap, so that a
// lookup is one search for the last range that begins at or before the address.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "repute/schema/bytes.hpp"
#include "store/range_lines.hpp"

namespace repute::store {

/// A 128-bit address as two host-order halves.
struct address6 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  auto operator<=>(const address6&) const = default;
};
[[nodiscard]] address6 load_address6(const std::uint8_t* network_order) noexcept;
[[nodiscard]] std::uint32_t load_address4(const std::uint8_t* network_order) noexcept;

/// IPv4. View of memory that somebody else owns. Thread-safe.
class prefix4_table {
 public:
  using ranges_type = range_lines<std::uint32_t, 8>;

  prefix4_table() = default;
  /// Values are dictionary indices, 0 for none; the first range begins at 0.
  explicit prefix4_table(ranges_type ranges) noexcept : ranges_(ranges) {}

  [[nodiscard]] std::uint32_t find(std::uint32_t address) const noexcept;
  /// out[i] = find(addresses[i]), any number of them, with the memory of several fetched side by
  /// side. Both have the same size.
  void find(std::span<const std::uint32_t> addresses, std::span<std::uint32_t> out) const noexcept;
  [[nodiscard]] std::size_t ranges() const noexcept { return ranges_.count(); }
  [[nodiscard]] std::uint32_t start(std::size_t range) const noexcept {
    return ranges_.start(range);
  }
  [[nodiscard]] std::uint32_t value(std::size_t range) const noexcept {
    return ranges_.value(range);
  }

  /// True if starts ascend, every value lies below `dictionary_size` and the search finds each
  /// range by its first address.
  [[nodiscard]] bool is_sound(std::size_t dictionary_size) const noexcept;

 private:
  ranges_type ranges_;
};

/// IPv6: lines hold the upper 64 bits of starts; the lower ones are asked only among equal upper
/// halves. View of memory that somebody else owns. Thread-safe.
class prefix6_table {
 public:
  using ranges_type = range_lines<std::uint64_t, 5>;

  prefix6_table() = default;
  /// As for IPv4; low[i] is the lower half of the start of range i.
  prefix6_table(ranges_type ranges, std::span<const std::uint64_t> low) noexcept
      : ranges_(ranges), low_(low) {}

  [[nodiscard]] std::uint32_t find(address6 address) const noexcept;
  /// out[i] = find(addresses[i]), any number of them, with the memory of several fetched side by
  /// side. Both have the same size.
  void find(std::span<const address6> addresses, std::span<std::uint32_t> out) const noexcept;
  [[nodiscard]] std::size_t ranges() const noexcept { return ranges_.count(); }
  [[nodiscard]] address6 start(std::size_t range) const noexcept {
    return {ranges_.start(range), low_[range]};
  }
  [[nodiscard]] std::uint32_t value(std::size_t range) const noexcept {
    return ranges_.value(range);
  }

  /// True if starts ascend, every value lies below `dictionary_size` and the search finds each
  /// range by its first address.
  [[nodiscard]] bool is_sound(std::size_t dictionary_size) const noexcept;

 private:
  [[nodiscard]] std::uint32_t value_at(range_place by_high, address6 address) const noexcept;

  ranges_type ranges_;
  std::span<const std::uint64_t> low_;
};

/// True if `holds` is of the value of a range with an address from `first` to `last`. Takes time in
/// proportion to those ranges.
template <class Table, class Address, class Predicate>
[[nodiscard]] bool any_value(const Table& table, Address first, Address last, Predicate holds) {
  std::size_t at = 0;  // of the last range that begins at or before `first`
  for (std::size_t size = table.ranges(); size > 1; size -= size / 2) {
    at += table.start(at + size / 2) <= first ? size / 2 : 0;
  }
  for (; at < table.ranges() && table.start(at) <= last; ++at) {
    if (holds(table.value(at))) {
      return true;
    }
  }
  return false;
}

}  // namespace repute::store
