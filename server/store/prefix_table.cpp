// SPDX-License-Identifier: Apache-2.0
#include "store/prefix_table.hpp"

#include <algorithm>

namespace repute::store {

address6 load_address6(const std::uint8_t* network_order) noexcept {
  return {__builtin_bswap64(load_le<std::uint64_t>(network_order)),
          __builtin_bswap64(load_le<std::uint64_t>(network_order + 8))};
}

std::uint32_t load_address4(const std::uint8_t* network_order) noexcept {
  return __builtin_bswap32(load_le<std::uint32_t>(network_order));
}

std::uint32_t prefix4_table::find(std::uint32_t address) const noexcept {
  if (starts_.empty()) {
    return 0;
  }
  const auto slice =
      static_cast<std::size_t>(std::uint64_t{address} >> shift_);  // by 32 for 0 bits
  // The range that holds the slice's first address may hold `address`; so may any that begins
  // inside.
  const std::uint32_t* first = starts_.data() + first_range_[slice];
  const std::uint32_t* last = starts_.data() + first_range_[slice + 1] + 1;
  const std::uint32_t* after = std::upper_bound(first, last, address);
  return values_[static_cast<std::size_t>(after - starts_.data()) - 1];
}

std::uint32_t prefix6_table::find(address6 address) const noexcept {
  if (high_.empty()) {
    return 0;
  }
  // Binary search without a branch on the outcome; entry 0 is the zero address, so there is always
  // an answer. The lower halves are touched only among equal upper ones.
  const auto begins_by = [&](std::size_t i) {
    return high_[i] < address.high || (high_[i] == address.high && low_[i] <= address.low);
  };
  std::size_t base = 0;
  for (std::size_t size = high_.size(); size > 1;) {
    const std::size_t half = size / 2;
    base += begins_by(base + half) ? half : 0;
    size -= half;
  }
  return values_[base];
}

bool prefix4_table::is_sound(std::size_t dictionary_size) const noexcept {
  for (std::size_t i = 0; i < starts_.size(); ++i) {
    if ((i > 0 && starts_[i] <= starts_[i - 1]) || values_[i] >= dictionary_size ||
        find(starts_[i]) != values_[i]) {
      return false;
    }
  }
  return true;
}

bool prefix6_table::is_sound(std::size_t dictionary_size) const noexcept {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const address6 start{high_[i], low_[i]};
    if ((i > 0 && start <= address6{high_[i - 1], low_[i - 1]}) || values_[i] >= dictionary_size ||
        find(start) != values_[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace repute::store
