// SPDX-License-Identifier: Apache-2.0
#include "store/prefix_table.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace repute::store {

address6 load_address6(const std::uint8_t* network_order) noexcept {
  return {__builtin_bswap64(load_le<std::uint64_t>(network_order)),
          __builtin_bswap64(load_le<std::uint64_t>(network_order + 8))};
}

std::uint32_t load_address4(const std::uint8_t* network_order) noexcept {
  return __builtin_bswap32(load_le<std::uint32_t>(network_order));
}

void prefix4_table::find(std::span<const std::uint32_t> addresses,
                         std::span<std::uint32_t> out) const noexcept {
  if (ranges_.empty()) {
    std::ranges::fill(out, 0U);
    return;
  }
  std::array<range_place, ranges_type::group_size> found;
  for (std::size_t begin = 0; begin < addresses.size(); begin += found.size()) {
    const auto group = addresses.subspan(begin, std::min(found.size(), addresses.size() - begin));
    ranges_.find(group, found);
    for (std::size_t i = 0; i < group.size(); ++i) {
      out[begin + i] = ranges_.value(found[i]);
    }
  }
}

std::uint32_t prefix4_table::find(std::uint32_t address) const noexcept {
  std::uint32_t found = 0;
  find({&address, 1}, {&found, 1});
  return found;
}

// `by_high` is the last range whose upper half is at most that of `address`. Among equal upper
// halves the lower ones decide.
std::uint32_t prefix6_table::value_at(range_place by_high, address6 address) const noexcept {
  constexpr std::size_t slots = std::tuple_size_v<decltype(range_line6::starts)>;
  const std::size_t last =
      std::min(std::size_t{by_high.line} * slots + by_high.slot, ranges_.count() - 1);
  if (ranges_.start(last) != address.high || low_[last] <= address.low) [[likely]] {
    return ranges_.value(last);
  }
  // Few ranges share an upper half: look back in growing steps, then between the last two places.
  std::size_t at = last - 1;
  for (std::size_t step = 1; address < start(at) && at != 0; step *= 2) {
    at -= std::min(step, at);
  }
  for (std::size_t size = last - at; size > 1; size -= size / 2) {
    at += start(at + size / 2) <= address ? size / 2 : 0;
  }
  return ranges_.value(at);
}

void prefix6_table::find(std::span<const address6> addresses,
                         std::span<std::uint32_t> out) const noexcept {
  if (ranges_.empty()) {
    std::ranges::fill(out, 0U);
    return;
  }
  std::array<std::uint64_t, ranges_type::group_size> high;
  std::array<range_place, ranges_type::group_size> found;
  for (std::size_t begin = 0; begin < addresses.size(); begin += found.size()) {
    const auto group = addresses.subspan(begin, std::min(found.size(), addresses.size() - begin));
    for (std::size_t i = 0; i < group.size(); ++i) {
      high[i] = group[i].high;
    }
    ranges_.find(std::span<const std::uint64_t>(high).first(group.size()), found);
    for (std::size_t i = 0; i < group.size(); ++i) {
      out[begin + i] = value_at(found[i], group[i]);
    }
  }
}

std::uint32_t prefix6_table::find(address6 address) const noexcept {
  std::uint32_t found = 0;
  find({&address, 1}, {&found, 1});
  return found;
}

bool prefix4_table::is_sound(std::size_t dictionary_size) const noexcept {
  for (std::size_t i = 0; i < ranges(); ++i) {
    if ((i > 0 && ranges_.start(i) <= ranges_.start(i - 1)) ||
        ranges_.value(i) >= dictionary_size || find(ranges_.start(i)) != ranges_.value(i)) {
      return false;
    }
  }
  return true;
}

bool prefix6_table::is_sound(std::size_t dictionary_size) const noexcept {
  for (std::size_t i = 0; i < ranges(); ++i) {
    if ((i > 0 && start(i) <= start(i - 1)) || ranges_.value(i) >= dictionary_size ||
        find(start(i)) != ranges_.value(i)) {
      return false;
    }
  }
  return true;
}

}  // namespace repute::store
