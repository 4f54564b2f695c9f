// SPDX-License-Identifier: Apache-2.0
// The table against a second implementation of the page's arithmetic, written from the page alone.
#include "store/exact_table.hpp"

#include <gtest/gtest.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <random>

#include "store/snapshot_image.hpp"

namespace repute::store {
namespace {

// --- record_format.md 3.3 ---

__extension__ using wide = unsigned __int128;

std::uint64_t page_scale(std::uint64_t x, std::uint64_t lines) {
  return static_cast<std::uint64_t>((static_cast<wide>(x) * lines) >> 64);
}
std::uint64_t page_mix(std::uint64_t x) {
  constexpr std::uint64_t c = 0xd6e8feb86659fd93U;
  x ^= x >> 32;
  x *= c;
  x ^= x >> 32;
  x *= c;
  x ^= x >> 32;
  return x;
}
std::uint64_t page_other(std::uint64_t line, std::uint64_t tag, std::uint64_t lines) {
  return (page_scale(page_mix(tag), lines) + lines - line) % lines;
}

struct page_layout {
  unsigned slots;
  unsigned index_bytes;
  [[nodiscard]] std::uint64_t tag(const std::uint8_t* line, unsigned slot) const {
    return load_le<std::uint64_t>(line + slot * 8);
  }
  [[nodiscard]] std::uint32_t index(const std::uint8_t* line, unsigned slot) const {
    const std::uint8_t* at = line + slots * 8 + slot * index_bytes;
    return index_bytes == 2 ? load_le<std::uint16_t>(at) : load_le<std::uint32_t>(at);
  }
  [[nodiscard]] bool overflowed(const std::uint8_t* line, std::uint64_t tag) const {
    return (load_le<std::uint32_t>(line + slots * 8 + slots * index_bytes) >> (tag % 32)) & 1;
  }
};
page_layout layout_of(table_layout layout) {
  return layout == table_layout::six_slots_16 ? page_layout{6, 2} : page_layout{5, 4};
}

struct page_answer {
  std::uint32_t index = 0;
  int lines_read = 0;
};
page_answer page_find(const std::uint8_t* table, std::uint64_t lines, table_layout layout,
                      table_key key) {
  const page_layout shape = layout_of(layout);
  const std::uint64_t first = page_scale(key.place, lines);
  page_answer out;
  for (const std::uint64_t line : {first, page_other(first, key.tag, lines)}) {
    const std::uint8_t* at = table + line * 64;
    ++out.lines_read;
    for (unsigned slot = 0; slot < shape.slots; ++slot) {
      if (shape.tag(at, slot) == key.tag) {
        out.index = shape.index(at, slot);
        return out;
      }
    }
    if (!shape.overflowed(at, key.tag)) {
      return out;
    }
  }
  return out;
}

// --- the table under test ---

struct filled {
  std::uint64_t lines;
  table_layout layout;
  aligned_bytes bytes;

  filled(std::uint64_t line_count, table_layout with_layout)
      : lines(line_count), layout(with_layout), bytes(static_cast<std::size_t>(line_count) * 64) {}

  table_builder builder() {
    std::uint8_t* shard = bytes.data();
    return {std::span(&shard, 1), lines, layout};
  }
  [[nodiscard]] exact_table table() const {
    const std::uint8_t* shard = bytes.data();
    return {std::span(&shard, 1), lines, layout};
  }
};

std::vector<table_key> random_keys(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<table_key> keys(count);
  for (table_key& key : keys) {
    key = {random(), std::max<std::uint64_t>(1, random())};
  }
  return keys;
}

std::uint32_t index_for(std::size_t i, table_layout layout) {
  return layout == table_layout::six_slots_16 ? static_cast<std::uint32_t>(1 + i % 65535)
                                              : static_cast<std::uint32_t>(0xffffffff - i);
}

class exact_table_test : public testing::TestWithParam<table_layout> {};
INSTANTIATE_TEST_SUITE_P(layouts, exact_table_test,
                         testing::Values(table_layout::six_slots_16, table_layout::five_slots_32),
                         [](const auto& each) {
                           return each.param == table_layout::six_slots_16 ? "six" : "five";
                         });

TEST_P(exact_table_test, finds_every_key_and_no_other) {
  constexpr std::size_t count = 60000;
  const auto keys = random_keys(count, 1);
  filled made(lines_for(count, GetParam()), GetParam());
  auto builder = made.builder();
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_EQ(builder.insert(keys[i], index_for(i, GetParam())), table_builder::outcome::placed);
  }
  const exact_table table = made.table();
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_EQ(table.find(keys[i]), index_for(i, GetParam())) << i;
    ASSERT_EQ(page_find(made.bytes.data(), made.lines, GetParam(), keys[i]).index,
              index_for(i, GetParam()));
  }
  std::size_t in_one_line = 0;
  constexpr std::size_t absent = 200000;
  for (const table_key& key : random_keys(absent, 2)) {
    ASSERT_EQ(table.find(key), 0U);
    const page_answer by_page = page_find(made.bytes.data(), made.lines, GetParam(), key);
    ASSERT_EQ(by_page.index, 0U);
    in_one_line += by_page.lines_read == 1 ? 1 : 0;
  }
  EXPECT_GE(static_cast<double>(in_one_line) / absent, 0.98);
}

// Keys are built to meet in few lines, so that moves, overflow bits and symmetric pairs are all at
// work.
TEST_P(exact_table_test, stays_exact_when_nearly_full) {
  for (const std::uint64_t lines : {2U, 3U, 7U, 64U, 1000U}) {
    const auto keys =
        random_keys(static_cast<std::size_t>(lines) * layout_of(GetParam()).slots, lines);
    filled made(lines, GetParam());
    auto builder = made.builder();
    std::map<table_key, std::uint32_t> model;
    aligned_bytes before(static_cast<std::size_t>(lines) * 64);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      std::copy(made.bytes.bytes().begin(), made.bytes.bytes().end(), before.data());
      const auto done = builder.insert(keys[i], index_for(i, GetParam()));
      if (done != table_builder::outcome::placed) {
        ASSERT_EQ(done, table_builder::outcome::full);
        std::copy(before.bytes().begin(), before.bytes().end(), made.bytes.data());
        break;
      }
      model[keys[i]] = index_for(i, GetParam());
    }
    EXPECT_GE(static_cast<double>(model.size()), 0.8 * static_cast<double>(keys.size())) << lines;
    const exact_table table = made.table();
    for (const auto& [key, index] : model) {
      ASSERT_EQ(table.find(key), index);
      ASSERT_EQ(page_find(made.bytes.data(), lines, GetParam(), key).index, index);
    }
    for (const table_key& key : random_keys(20000, lines + 1)) {
      ASSERT_EQ(table.find(key), 0U);
    }
  }
}

TEST_P(exact_table_test, holds_each_tag_once_in_one_of_its_two_lines) {
  constexpr std::size_t count = 5000;
  const auto keys = random_keys(count, 3);
  filled made(lines_for(count, GetParam()), GetParam());
  auto builder = made.builder();
  std::map<std::uint64_t, table_key> by_tag;
  for (const table_key& key : keys) {
    ASSERT_EQ(builder.insert(key, 1), table_builder::outcome::placed);
    by_tag[key.tag] = key;
  }
  std::size_t seen = 0;
  for (std::uint64_t line = 0; line < made.lines; ++line) {
    for (unsigned slot = 0; slot < layout_of(GetParam()).slots; ++slot) {
      const std::uint64_t tag = layout_of(GetParam()).tag(made.bytes.data() + line * 64, slot);
      if (tag == 0) {
        continue;
      }
      ++seen;
      const std::uint64_t first = page_scale(by_tag.at(tag).place, made.lines);
      const std::uint64_t second = page_other(first, tag, made.lines);
      EXPECT_TRUE(line == first || line == second);
      EXPECT_EQ(page_other(second, tag, made.lines), first);
    }
  }
  EXPECT_EQ(seen, count);
}

TEST_P(exact_table_test, same_keys_same_bytes) {
  constexpr std::size_t count = 20000;
  const auto keys = random_keys(count, 4);
  filled one(lines_for(count, GetParam()), GetParam());
  filled two(lines_for(count, GetParam()), GetParam());
  auto first = one.builder();
  auto second = two.builder();
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_EQ(first.insert(keys[i], 1), second.insert(keys[i], 1));
  }
  EXPECT_TRUE(std::ranges::equal(one.bytes.bytes(), two.bytes.bytes()));
}

TEST_P(exact_table_test, refuses_equal_tags_in_one_pair_of_lines) {
  filled made(16, GetParam());
  auto builder = made.builder();
  const table_key key{0x1234567812345678U, 0x1111111111111111U};
  ASSERT_EQ(builder.insert(key, 1), table_builder::outcome::placed);
  EXPECT_EQ(builder.insert(key, 1), table_builder::outcome::duplicate);
  EXPECT_EQ(builder.insert(key, 2), table_builder::outcome::duplicate);
  EXPECT_EQ(builder.insert({key.place + 1, key.tag}, 2), table_builder::outcome::duplicate);
  // The other line of the pair as the first one: the same pair, so the same refusal.
  const std::uint64_t other = page_other(page_scale(key.place, 16), key.tag, 16);
  const table_key across{other << 60 | 1, key.tag};
  ASSERT_EQ(page_scale(across.place, 16), other);
  EXPECT_EQ(builder.insert(across, 2), table_builder::outcome::duplicate);
  EXPECT_EQ(made.table().find(key), 1U);
}

// Seven keys of one pair of lines fit; a table that can never hold them says so and does not hang.
TEST_P(exact_table_test, says_full_when_a_pair_of_lines_is_full) {
  filled made(2, GetParam());
  auto builder = made.builder();
  const unsigned capacity = 2 * layout_of(GetParam()).slots;
  unsigned placed = 0;
  auto outcome = table_builder::outcome::placed;
  for (const table_key& key : random_keys(100, 5)) {
    outcome = builder.insert(key, 1);
    if (outcome != table_builder::outcome::placed) {
      break;
    }
    ++placed;
  }
  EXPECT_EQ(outcome, table_builder::outcome::full);
  EXPECT_LE(placed, capacity);
}

TEST(exact_table_keys, come_from_bytes_of_their_own) {
  fingerprint bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(i + 1);
  }
  const table_key key = table_key_of(bytes.data());
  EXPECT_EQ(key.place, 0x0807060504030201U);
  EXPECT_EQ(key.tag, 0x100f0e0d0c0b0a09U);
  EXPECT_EQ(table_key_of(fingerprint{}.data()).tag, 1U);
}

TEST(exact_table_keys, of_addresses_are_xxh3_of_kind_and_address) {
  for (const auto& [kind, size] : {std::pair(kind::ip4, 4U), std::pair(kind::ip6, 16U)}) {
    std::array<std::uint8_t, 16> address{};
    std::iota(address.begin(), address.end(), std::uint8_t{1});
    std::vector<std::uint8_t> input{static_cast<std::uint8_t>(kind)};
    input.insert(input.end(), address.begin(), address.begin() + size);
    const XXH128_hash_t hash = XXH3_128bits_withSeed(input.data(), input.size(), 42);
    const table_key key = table_key_of_address(kind, byte_view(address).first(size), 42);
    EXPECT_EQ(key.place, hash.low64);
    EXPECT_EQ(key.tag, hash.high64);
    EXPECT_NE(table_key_of_address(kind, byte_view(address).first(size), 43).place, key.place);
  }
}

TEST(exact_table_size, follows_the_page) {
  EXPECT_EQ(lines_for(0, table_layout::six_slots_16), 2U);
  EXPECT_EQ(lines_for(8, table_layout::six_slots_16), 2U);
  EXPECT_EQ(lines_for(9, table_layout::six_slots_16), 3U);
  EXPECT_EQ(lines_for(1'000'000, table_layout::six_slots_16), 238'096U);
  EXPECT_EQ(lines_for(6, table_layout::five_slots_32), 2U);
  EXPECT_EQ(lines_for(7, table_layout::five_slots_32), 3U);
  EXPECT_EQ(lines_for(1'000'000, table_layout::five_slots_32), 307'693U);
}

TEST(exact_table_empty, answers_nothing) {
  EXPECT_EQ(exact_table().find({1, 1}), 0U);
}

}  // namespace
}  // namespace repute::store
