// SPDX-License-Identifier: Apache-2.0
// Ranges as the writer lays them out against a search through all of them.
#include "store/prefix_table.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "support/snapshot_builder.hpp"

namespace repute::store {
namespace {

using test::content_builder;
using test::listing;
using test::memory_snapshot;

template <class Address>
using ranges = std::vector<resolved_range<Address>>;

// What the ranges say, by the words of the page: the last range that begins at or before the
// address.
template <class Address>
std::uint32_t model_find(const ranges<Address>& from, Address address) {
  std::uint32_t verdict = no_verdict;
  for (const auto& range : from) {
    if (range.start <= address) {
      verdict = range.verdict;
    }
  }
  return verdict;
}

// Ascending ranges over few verdicts, so that equal neighbours are common.
template <class Address, class MakeAddress>
ranges<Address> random_ranges(MakeAddress make_address, std::uint32_t verdicts) {
  std::set<Address> starts;
  for (int i = *rc::gen::inRange(0, 60); i > 0; --i) {
    starts.insert(make_address());
  }
  ranges<Address> out;
  for (const Address& start : starts) {
    const auto verdict = *rc::gen::inRange<std::uint32_t>(0, verdicts + 1);
    out.push_back({start, verdict == verdicts ? no_verdict : verdict});
  }
  return out;
}

std::uint32_t any_address4() {
  // Few high bits and all of them, so that slices of the index hold none, one or many ranges.
  return *rc::gen::oneOf(
      rc::gen::arbitrary<std::uint32_t>(), rc::gen::inRange(0U, 300U),
      rc::gen::map(rc::gen::inRange(0U, 300U), [](std::uint32_t n) { return 0xffffffffU - n; }));
}

address6 any_address6() {
  const auto small = rc::gen::inRange<std::uint64_t>(0, 6);
  const auto half = rc::gen::oneOf(rc::gen::arbitrary<std::uint64_t>(), small,
                                   rc::gen::map(small, [](std::uint64_t n) { return ~n; }));
  const std::uint64_t high = *half;
  return {high, *half};
}

void expect_verdict(const snapshot_view& view, std::uint32_t found, std::uint32_t wanted) {
  const answer got = view.resolve(found, kind::ip4, test::load_time_unix_s);
  if (wanted == no_verdict) {
    RC_ASSERT(found == 0U);
  } else {
    RC_ASSERT(got == listing(static_cast<std::int16_t>(wanted)));
  }
}

content_builder with_verdicts(std::uint32_t count) {
  content_builder builder;
  for (std::uint32_t i = 0; i < count; ++i) {
    builder.verdict_of(listing(static_cast<std::int16_t>(i)));
  }
  return builder;
}

RC_GTEST_PROP(prefix4, answers_as_a_search_through_all_ranges, ()) {
  content_builder builder = with_verdicts(3);
  const auto from = random_ranges<std::uint32_t>(any_address4, 3);
  builder.content().ranges4 = from;
  const memory_snapshot made(builder.content());
  const auto check = [&](std::uint32_t address) {
    expect_verdict(made.view(), made.view().prefix4.find(address), model_find(from, address));
  };
  for (const auto& range : from) {
    for (const std::uint32_t step : {0U, 1U, 0xffffffffU}) {
      check(range.start + step);
    }
  }
  check(0);
  check(0xffffffff);
  for (int i = 0; i < 50; ++i) {
    check(any_address4());
  }
}

// Many addresses at once, as the packet path asks.
template <class Address, class Table>
void expect_same_at_once(const Table& table, const std::vector<Address>& addresses) {
  std::vector<std::uint32_t> found(addresses.size(), 77);
  table.find(addresses, found);
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    RC_ASSERT(found[i] == table.find(addresses[i]));
  }
}

RC_GTEST_PROP(prefix4, answers_many_at_once, ()) {
  content_builder builder = with_verdicts(3);
  builder.content().ranges4 = random_ranges<std::uint32_t>(any_address4, 3);
  const memory_snapshot made(builder.content());
  std::vector<std::uint32_t> addresses;
  for (int i = *rc::gen::inRange(0, 100); i > 0; --i) {
    addresses.push_back(any_address4());
  }
  expect_same_at_once(made.view().prefix4, addresses);
}

RC_GTEST_PROP(prefix6, answers_many_at_once, ()) {
  content_builder builder = with_verdicts(3);
  builder.content().ranges6 = random_ranges<address6>(any_address6, 3);
  const memory_snapshot made(builder.content());
  std::vector<address6> addresses;
  for (int i = *rc::gen::inRange(0, 100); i > 0; --i) {
    addresses.push_back(any_address6());
  }
  expect_same_at_once(made.view().prefix6, addresses);
}

RC_GTEST_PROP(prefix6, answers_as_a_search_through_all_ranges, ()) {
  content_builder builder = with_verdicts(3);
  const auto from = random_ranges<address6>(any_address6, 3);
  builder.content().ranges6 = from;
  const memory_snapshot made(builder.content());
  const auto check = [&](address6 address) {
    expect_verdict(made.view(), made.view().prefix6.find(address), model_find(from, address));
  };
  for (const auto& range : from) {
    check(range.start);
    check({range.start.high, range.start.low + 1});
    check({range.start.high, range.start.low - 1});
    check({range.start.high - 1, range.start.low});
    check({range.start.high + 1, 0});
  }
  check({0, 0});
  check({~std::uint64_t{0}, ~std::uint64_t{0}});
  for (int i = 0; i < 50; ++i) {
    check(any_address6());
  }
}

TEST(prefix4, merges_equal_neighbours) {
  content_builder builder = with_verdicts(2);
  builder.content().ranges4 = {{0, no_verdict}, {10, 0},          {20, 0},
                               {30, 1},         {40, no_verdict}, {50, no_verdict}};
  const memory_snapshot made(builder.content());
  EXPECT_EQ(made.view().prefix4.ranges(), 4U);
  EXPECT_EQ(made.image().meta.info.prefixes, 2U);
}

// A slice of the index may be the whole family: the page allows 0 bits.
TEST(prefix4, works_with_an_index_of_no_bits) {
  using ranges = prefix4_table::ranges_type;
  const std::vector<std::uint32_t> starts{0, 100, 0xf0000000};
  const std::vector<std::uint32_t> values{0, 1, 2};
  const auto lines = ranges::make_lines(starts, values);
  const auto index = ranges::make_index(lines, 0, starts.size());
  EXPECT_EQ(index, (std::vector<std::uint32_t>{0, 0}));
  const prefix4_table table(ranges(lines, index, 0, starts.size()));
  EXPECT_EQ(table.find(99), 0U);
  EXPECT_EQ(table.find(100), 1U);
  EXPECT_EQ(table.find(0xffffffff), 2U);
}

// Damage may make a search wrong, but must not lead it out of its memory.
RC_GTEST_PROP(prefix_tables, read_nothing_outside_whatever_the_lines_hold, ()) {
  const auto any = [](auto lines, auto make, auto words) {
    for (auto& line : lines) {
      for (auto& start : line.starts) {
        start = *make;
      }
    }
    lines[0].starts[0] = 0;
    return std::pair(lines, words);
  };
  using ranges = prefix6_table::ranges_type;
  const auto [lines, words] = any(std::vector<ranges::line>(4), rc::gen::arbitrary<std::uint64_t>(),
                                  *rc::gen::arbitrary<std::vector<std::uint64_t>>());
  std::vector<std::uint32_t> index =
      *rc::gen::container<std::vector<std::uint32_t>>(5, rc::gen::inRange<std::uint32_t>(0, 4));
  std::ranges::sort(index);
  const std::vector<std::uint64_t> low(18);
  const prefix6_table table(ranges(lines, index, 2, low.size()), low);
  for (const std::uint64_t word : words) {
    RC_ASSERT(table.find({word, word}) == 0U);
  }
}

TEST(prefix_tables, answer_nothing_when_empty) {
  EXPECT_EQ(prefix4_table().find(1), 0U);
  EXPECT_EQ(prefix6_table().find({1, 1}), 0U);
  const std::array<std::uint32_t, 2> some{1, 2};
  std::array<std::uint32_t, 2> found{9, 9};
  prefix4_table().find(some, found);
  EXPECT_EQ(found, (std::array<std::uint32_t, 2>{0, 0}));
}

TEST(prefix_tables, read_addresses_in_network_order) {
  const std::array<std::uint8_t, 16> bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  EXPECT_EQ(load_address4(bytes.data()), 0x01020304U);
  EXPECT_EQ(load_address6(bytes.data()), (address6{0x0102030405060708U, 0x090a0b0c0d0e0f10U}));
}

}  // namespace
}  // namespace repute::store
