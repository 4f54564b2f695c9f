// SPDX-License-Identifier: Apache-2.0
#include "store/exact_table.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace repute::store {
namespace {

constexpr std::size_t overflow_at = 60;  // 32 overflow bits end the line
constexpr int moves_max = 5000;
// Lines in flight: enough to cover memory latency, few enough for the core's line-fill buffers.
constexpr std::size_t prefetch_ahead = 24;
// Keys after which second lines are looked into.
constexpr std::size_t late_chunk = 128;

template <table_layout Layout>
struct slots;

template <>
struct slots<table_layout::six_slots_16> {
  static constexpr unsigned count = 6;
  static std::uint32_t index(const std::uint8_t* line, unsigned slot) noexcept {
    return load_le<std::uint16_t>(line + 48 + slot * 2);
  }
  static void put_index(std::uint8_t* line, unsigned slot, std::uint32_t index) noexcept {
    store_le(line + 48 + slot * 2, static_cast<std::uint16_t>(index));
  }
};

template <>
struct slots<table_layout::five_slots_32> {
  static constexpr unsigned count = 5;
  static std::uint32_t index(const std::uint8_t* line, unsigned slot) noexcept {
    return load_le<std::uint32_t>(line + 40 + slot * 4);
  }
  static void put_index(std::uint8_t* line, unsigned slot, std::uint32_t index) noexcept {
    store_le(line + 40 + slot * 4, index);
  }
};

// 64-bit mixer (C. Wellons, "Prospecting for hash functions", two rounds of xorshift-multiply).
std::uint64_t mix(std::uint64_t x) noexcept {
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93U;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93U;
  return x ^ (x >> 32);
}

// Bit s is set if slot s holds the tag. Compares all slots at once.
template <unsigned Count>
unsigned matching_slots(const std::uint8_t* line, std::uint64_t tag) noexcept {
  unsigned found = 0;
#ifdef __SSE2__
  const __m128i wanted = _mm_set1_epi64x(static_cast<long long>(tag));
  for (unsigned pair = 0; pair < (Count + 1) / 2; ++pair) {
    const __m128i two = _mm_loadu_si128(reinterpret_cast<const __m128i*>(line + pair * 16));
    __m128i equal =
        _mm_cmpeq_epi32(two, wanted);  // SSE2 has no 64-bit compare: both halves must agree
    equal = _mm_and_si128(equal, _mm_shuffle_epi32(equal, _MM_SHUFFLE(2, 3, 0, 1)));
    found |= static_cast<unsigned>(_mm_movemask_pd(_mm_castsi128_pd(equal))) << (2 * pair);
  }
  found &= (1U << Count) - 1;
#else
  for (unsigned slot = 0; slot < Count; ++slot) {
    found |= static_cast<unsigned>(load_le<std::uint64_t>(line + slot * 8) == tag) << slot;
  }
#endif
  return found;
}

bool overflowed(const std::uint8_t* line, std::uint64_t tag) noexcept {
  return (load_le<std::uint32_t>(line + overflow_at) >> (tag % 32)) & 1U;
}

void set_overflow(std::uint8_t* line, std::uint64_t tag) noexcept {
  store_le(line + overflow_at, load_le<std::uint32_t>(line + overflow_at) | (1U << (tag % 32)));
}

// Without a branch, since whether a key is there is what nobody can predict: if no slot matches,
// the bits behind the last index are read and not used.
template <table_layout Layout>
std::uint32_t index_in(const std::uint8_t* line, std::uint64_t tag) noexcept {
  constexpr unsigned none = 1U << slots<Layout>::count;
  const unsigned found = matching_slots<slots<Layout>::count>(line, tag);
  const auto slot = static_cast<unsigned>(__builtin_ctz(found | none));
  return found == 0 ? 0 : slots<Layout>::index(line, slot);
}

std::uint32_t index_in(table_layout layout, const std::uint8_t* line, std::uint64_t tag) noexcept {
  return layout == table_layout::six_slots_16 ? index_in<table_layout::six_slots_16>(line, tag)
                                              : index_in<table_layout::five_slots_32>(line, tag);
}

unsigned slot_count(table_layout layout) noexcept {
  return layout == table_layout::six_slots_16 ? slots<table_layout::six_slots_16>::count
                                              : slots<table_layout::five_slots_32>::count;
}

std::uint64_t tag_at(const std::uint8_t* line, unsigned slot) noexcept {
  return load_le<std::uint64_t>(line + slot * 8);
}

std::uint32_t index_at(table_layout layout, const std::uint8_t* line, unsigned slot) noexcept {
  return layout == table_layout::six_slots_16
             ? slots<table_layout::six_slots_16>::index(line, slot)
             : slots<table_layout::five_slots_32>::index(line, slot);
}

void put(table_layout layout, std::uint8_t* line, unsigned slot, std::uint64_t tag,
         std::uint32_t index) noexcept {
  store_le(line + slot * 8, tag);
  if (layout == table_layout::six_slots_16) {
    slots<table_layout::six_slots_16>::put_index(line, slot, index);
  } else {
    slots<table_layout::five_slots_32>::put_index(line, slot, index);
  }
}

}  // namespace

table_key table_key_of(const std::uint8_t* fingerprint) noexcept {
  const auto tag = load_le<std::uint64_t>(fingerprint + 8);
  return {load_le<std::uint64_t>(fingerprint), tag == 0 ? 1 : tag};
}

table_key table_key_of_address(kind kind, byte_view address, std::uint64_t ip_seed) noexcept {
  assert(address.size() <= 16);
  std::array<std::uint8_t, 17> bytes{};
  bytes[0] = static_cast<std::uint8_t>(kind);
  std::copy(address.begin(), address.end(), bytes.begin() + 1);
  const XXH128_hash_t hash = XXH3_128bits_withSeed(bytes.data(), address.size() + 1, ip_seed);
  return {hash.low64, hash.high64 == 0 ? 1 : hash.high64};
}

std::uint64_t lines_for(std::uint64_t keys, table_layout layout) noexcept {
  // Integer arithmetic, so that every machine builds the same size: keys / (slots * load), rounded
  // up.
  const std::uint64_t per_100 = layout == table_layout::six_slots_16 ? 6 * 70 : 5 * 65;
  return std::max<std::uint64_t>(2, (keys * 100 + per_100 - 1) / per_100);
}

exact_table::exact_table(std::span<const std::uint8_t* const> shards, std::uint64_t lines,
                         table_layout layout) noexcept
    : lines_(lines), layout_(layout) {
  assert(shards.size() <= shards_max);
  assert((lines + lines_per_shard - 1) / lines_per_shard == shards.size());
  std::copy(shards.begin(), shards.end(), shards_.begin());
}

// The pair of lines is symmetric: each is the other's second line, so that a move needs only the
// tag.
std::uint64_t exact_table::second_line(std::uint64_t first, table_key key) const noexcept {
  const std::uint64_t sum = scale(mix(key.tag), lines_);
  return sum >= first ? sum - first : sum + lines_ - first;
}

std::uint32_t exact_table::find(table_key key) const noexcept {
  if (lines_ == 0) {
    return 0;
  }
  const std::uint64_t first = first_line(key);
  const std::uint8_t* at = line(first);
  const std::uint32_t index = index_in(layout_, at, key.tag);
  if (index != 0 || !overflowed(at, key.tag)) [[likely]] {
    return index;
  }
  return index_in(layout_, line(second_line(first, key)), key.tag);
}

// Lines are prefetched ahead over all keys; where each lies is computed once and kept until its
// turn comes, since every instruction here keeps the CPU from seeing the next miss. What has to
// look into its second line does so at the end of its chunk, when those lines have arrived, too:
// one waiting in the middle would hold up all.
template <table_layout Layout>
void exact_table::find_all(std::span<const table_key> keys,
                           std::span<std::uint32_t> out) const noexcept {
  // Lines that were asked for, each at the number of its key modulo the size.
  std::array<const std::uint8_t*, std::bit_ceil(prefetch_ahead + 1)> asked;
  const auto ask = [&](std::size_t i) {
    const std::uint8_t* at = line(first_line(keys[i]));
    __builtin_prefetch(at);
    asked[i % asked.size()] = at;
  };
  const std::size_t ahead = std::min(prefetch_ahead, keys.size());
  for (std::size_t i = 0; i < ahead; ++i) {
    ask(i);
  }
  std::array<std::uint32_t, late_chunk> late;
  std::array<const std::uint8_t*, late_chunk> second;
  for (std::size_t begin = 0; begin < keys.size(); begin += late_chunk) {
    const std::size_t end = std::min(begin + late_chunk, keys.size());
    std::size_t late_count = 0;
    for (std::size_t i = begin; i < end; ++i) {
      if (i + ahead < keys.size()) [[likely]] {
        ask(i + ahead);
      }
      const std::uint8_t* at = asked[i % asked.size()];
      out[i] = index_in<Layout>(at, keys[i].tag);
      late[late_count] = static_cast<std::uint32_t>(i);
      late_count += static_cast<std::size_t>(out[i] == 0) &
                    static_cast<std::size_t>(overflowed(at, keys[i].tag));
    }
    for (std::size_t i = 0; i < late_count; ++i) {
      const table_key key = keys[late[i]];
      second[i] = line(second_line(first_line(key), key));
      __builtin_prefetch(second[i]);
    }
    for (std::size_t i = 0; i < late_count; ++i) {
      out[late[i]] = index_in<Layout>(second[i], keys[late[i]].tag);
    }
  }
}

void exact_table::find(std::span<const table_key> keys,
                       std::span<std::uint32_t> out) const noexcept {
  assert(keys.size() == out.size());
  if (lines_ == 0) {
    std::ranges::fill(out, 0U);
  } else if (layout_ == table_layout::six_slots_16) {
    find_all<table_layout::six_slots_16>(keys, out);
  } else {
    find_all<table_layout::five_slots_32>(keys, out);
  }
}

table_builder::table_builder(std::span<std::uint8_t* const> shards, std::uint64_t lines,
                             table_layout layout) noexcept {
  std::array<const std::uint8_t*, shards_max> read_only{};
  std::copy(shards.begin(), shards.end(), read_only.begin());
  view_ = exact_table(std::span(read_only).first(shards.size()), lines, layout);
}

std::uint8_t* table_builder::writable(std::uint64_t line) noexcept {
  return const_cast<std::uint8_t*>(view_.line(line));  // the constructor was given writable memory
}

bool table_builder::put_if_room(std::uint64_t line, std::uint64_t tag,
                                std::uint32_t index) noexcept {
  std::uint8_t* at = writable(line);
  for (unsigned slot = 0; slot < slot_count(view_.layout_); ++slot) {
    if (tag_at(at, slot) == 0) {
      put(view_.layout_, at, slot, tag, index);
      return true;
    }
  }
  return false;
}

void table_builder::prefetch(table_key key) const noexcept {
  const std::uint64_t first = view_.first_line(key);
  __builtin_prefetch(view_.line(first), 1);
  __builtin_prefetch(view_.line(view_.second_line(first, key)));
}

table_builder::outcome table_builder::insert(table_key key, std::uint32_t index) noexcept {
  assert(index != 0 && key.tag != 0);
  assert(view_.layout_ == table_layout::five_slots_32 || index <= 0xffff);
  const std::uint64_t first = view_.first_line(key);
  const std::uint64_t second = view_.second_line(first, key);
  if (index_in(view_.layout_, view_.line(first), key.tag) != 0 ||
      index_in(view_.layout_, view_.line(second), key.tag) != 0) {
    return outcome::duplicate;
  }
  if (put_if_room(first, key.tag, index)) {
    return outcome::placed;
  }
  set_overflow(writable(first), key.tag);
  if (put_if_room(second, key.tag, index)) {
    return outcome::placed;
  }
  return move_others(second, key.tag, index);
}

// Cuckoo moves (Pagh and Rodler 2001): take a slot, carry its key to that key's other line, and so
// on. The victim's overflow bit is set in the line that it leaves, since that may be its first
// line.
table_builder::outcome table_builder::move_others(std::uint64_t line, std::uint64_t tag,
                                                  std::uint32_t index) noexcept {
  std::uint64_t random = tag;
  for (int move = 0; move < moves_max; ++move) {
    random = mix(random + static_cast<std::uint64_t>(move) + 1);
    std::uint8_t* at = writable(line);
    const auto slot = static_cast<unsigned>(scale(random, slot_count(view_.layout_)));
    const std::uint64_t moved_tag = tag_at(at, slot);
    const std::uint32_t moved_index = index_at(view_.layout_, at, slot);
    put(view_.layout_, at, slot, tag, index);
    set_overflow(at, moved_tag);
    tag = moved_tag;
    index = moved_index;
    line = view_.second_line(line, {0, tag});
    if (put_if_room(line, tag, index)) {
      return outcome::placed;
    }
  }
  return outcome::full;
}

}  // namespace repute::store
