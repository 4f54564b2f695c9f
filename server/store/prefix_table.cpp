// SPDX-License-Identifier: Apache-2.0
#include "store/prefix_table.hpp"

#include <algorithm>
#include <array>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace repute::store {
namespace {

// Addresses whose memory is fetched together.
constexpr std::size_t group_size = 32;
// Starts that are compared at once: one line of memory.
constexpr std::uint32_t side_by_side = 16;

// How many of 16 ascending starts are at or before `address`.
std::uint32_t starts_up_to(const std::uint32_t* starts, std::uint32_t address) noexcept {
#ifdef __SSE2__
  // SSE2 compares signed numbers only; with the top bit turned over the order is the unsigned one.
  const __m128i top_bit = _mm_set1_epi32(INT32_MIN);
  const __m128i wanted = _mm_xor_si128(_mm_set1_epi32(static_cast<int>(address)), top_bit);
  __m128i beyond = _mm_setzero_si128();
  for (std::uint32_t four = 0; four < side_by_side; four += 4) {
    const __m128i some = _mm_loadu_si128(reinterpret_cast<const __m128i*>(starts + four));
    beyond = _mm_add_epi32(beyond, _mm_cmpgt_epi32(_mm_xor_si128(some, top_bit), wanted));
  }
  beyond = _mm_add_epi32(beyond, _mm_shuffle_epi32(beyond, _MM_SHUFFLE(1, 0, 3, 2)));
  beyond = _mm_add_epi32(beyond, _mm_shuffle_epi32(beyond, _MM_SHUFFLE(2, 3, 0, 1)));
  return side_by_side + static_cast<std::uint32_t>(_mm_cvtsi128_si32(beyond));  // -1 for each
#else
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < side_by_side; ++i) {
    count += starts[i] <= address ? 1 : 0;
  }
  return count;
#endif
}

}  // namespace

address6 load_address6(const std::uint8_t* network_order) noexcept {
  return {__builtin_bswap64(load_le<std::uint64_t>(network_order)),
          __builtin_bswap64(load_le<std::uint64_t>(network_order + 8))};
}

std::uint32_t load_address4(const std::uint8_t* network_order) noexcept {
  return __builtin_bswap32(load_le<std::uint32_t>(network_order));
}

const std::uint32_t* prefix4_table::index_of(std::uint32_t address) const noexcept {
  return &first_range_[static_cast<std::size_t>(std::uint64_t{address} >> shift_)];  // 32: 0 bits
}

// The range that holds the first address of the slice may hold `address`; so may any that begins
// inside of the slice.
prefix4_table::bounds prefix4_table::bounds_of(std::uint32_t address) const noexcept {
  const std::uint32_t* at = index_of(address);
  return {at[0], at[1]};
}

// The last range that begins at or before `address`.
std::uint32_t prefix4_table::range_of(std::uint32_t address, bounds among) const noexcept {
  if (among.last - among.first < side_by_side && among.first + side_by_side <= starts_.size()) {
    // Ranges beyond the last one begin after the slice and do not count: no need to stop there.
    return among.first + starts_up_to(starts_.data() + among.first, address) - 1;
  }
  const std::uint32_t* first = starts_.data() + among.first;
  const std::uint32_t* last = starts_.data() + among.last + 1;
  return static_cast<std::uint32_t>(std::upper_bound(first, last, address) - starts_.data()) - 1;
}

std::uint32_t prefix4_table::find(std::uint32_t address) const noexcept {
  return starts_.empty() ? 0 : values_[range_of(address, bounds_of(address))];
}

// Each address touches a line of the index, then of the starts, then of the values. Every step is
// taken by a whole group before the next one, so that the lines of a group travel together.
void prefix4_table::find(std::span<const std::uint32_t> addresses,
                         std::span<std::uint32_t> out) const noexcept {
  if (starts_.empty()) {
    std::ranges::fill(out, 0U);
    return;
  }
  std::array<bounds, group_size> among;
  std::array<std::uint32_t, group_size> range;
  for (std::size_t begin = 0; begin < addresses.size(); begin += group_size) {
    const auto group = addresses.subspan(begin, std::min(group_size, addresses.size() - begin));
    for (const std::uint32_t address : group) {
      __builtin_prefetch(index_of(address));
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
      among[i] = bounds_of(group[i]);
      __builtin_prefetch(&starts_[among[i].first]);
      __builtin_prefetch(&starts_[among[i].last]);
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
      range[i] = range_of(group[i], among[i]);
      __builtin_prefetch(&values_[range[i]]);
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
      out[begin + i] = values_[range[i]];
    }
  }
}

// Of the ranges whose upper halves are at most that of `address`, `last_by_high` is the last one.
// Among equal upper halves the lower ones decide.
std::size_t prefix6_table::range_of(address6 address, std::size_t last_by_high) const noexcept {
  if (high_[last_by_high] != address.high || low_[last_by_high] <= address.low) [[likely]] {
    return last_by_high;
  }
  const auto first_equal = std::ranges::lower_bound(high_.first(last_by_high), address.high);
  const auto equal = static_cast<std::size_t>(first_equal - high_.begin());
  const auto lows = low_.subspan(equal, last_by_high - equal);
  const auto after = std::ranges::upper_bound(lows, address.low);
  // Nothing equal begins by then: the range before all equal ones. Entry 0 is the zero address, so
  // there is one.
  return equal + static_cast<std::size_t>(after - lows.begin()) - 1;
}

std::uint32_t prefix6_table::find(address6 address) const noexcept {
  std::uint32_t found = 0;
  find({&address, 1}, {&found, 1});
  return found;
}

// Binary searches without a branch on their outcome, a group in step: each step is one read for
// every address, and the reads do not wait for each other.
void prefix6_table::find(std::span<const address6> addresses,
                         std::span<std::uint32_t> out) const noexcept {
  if (high_.empty()) {
    std::ranges::fill(out, 0U);
    return;
  }
  std::array<std::size_t, group_size> base;
  for (std::size_t begin = 0; begin < addresses.size(); begin += group_size) {
    const auto group = addresses.subspan(begin, std::min(group_size, addresses.size() - begin));
    base.fill(0);
    for (std::size_t size = high_.size(); size > 1; size -= size / 2) {
      const std::uint64_t* middle = high_.data() + size / 2;
      for (std::size_t i = 0; i < group.size(); ++i) {
        // A product, since compilers make a branch of a choice, and half of these go either way.
        base[i] += size / 2 * static_cast<std::size_t>(middle[base[i]] <= group[i].high);
      }
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
      base[i] = range_of(group[i], base[i]);
      __builtin_prefetch(&values_[base[i]]);
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
      out[begin + i] = values_[base[i]];
    }
  }
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
