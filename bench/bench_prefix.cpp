// SPDX-License-Identifier: Apache-2.0
// Longest-prefix match beside a read of a random line: of a table of ten million exact keys, which
// is what the other keys of a question cost. Rows are named prefixes/pages, with pages 0 for 4 KiB
// and 1 for huge ones. Prefixes are spread at random, with the lengths that reputation lists have.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include "by_turns.hpp"
#include "filled_table.hpp"
#include "paged_memory.hpp"
#include "store/prefix_table.hpp"
#include "store/scale.hpp"

namespace {

using repute::bench::page_size;
using repute::bench::paged_memory;
using repute::store::address6;
using repute::store::prefix4_table;
using repute::store::prefix6_table;

constexpr std::size_t batch = 32;  // addresses that are asked at once
constexpr std::size_t turn = batch * 512;
constexpr std::size_t asked = turn * 64;  // more than the table has lines
constexpr std::size_t ahead = 24;         // lines asked for in advance, as the exact table does
constexpr std::size_t exact_bytes = 152'000'000;  // ten million keys

struct share {
  double up_to;  // of all prefixes, summed up
  unsigned shortest;
  unsigned longest;
};
constexpr std::array<share, 5> lengths4{
    {{0.001, 8, 15}, {0.121, 16, 23}, {0.501, 24, 24}, {0.6, 25, 31}, {1, 32, 32}}};
constexpr std::array<share, 5> lengths6{
    {{0.26, 29, 47}, {0.6, 48, 48}, {0.65, 56, 56}, {0.95, 64, 64}, {1, 128, 128}}};

unsigned length_of(std::span<const share> shares, std::mt19937_64& random) {
  const double at = std::uniform_real_distribution<>()(random);
  const share& found = *std::ranges::find_if(shares, [at](const share& s) { return at < s.up_to; });
  return std::uniform_int_distribution<unsigned>(found.shortest, found.longest)(random);
}

// Random prefixes of one family as disjoint ranges: each begins where a prefix begins or has ended.
template <class Address, class Table>
class ranges_of {
 public:
  ranges_of(std::size_t prefixes, page_size pages);
  [[nodiscard]] const Table& table() const noexcept { return table_; }
  [[nodiscard]] const std::vector<Address>& asked_for() const noexcept { return asked_for_; }

 private:
  using ranges_type = typename Table::ranges_type;
  static std::vector<Address> starts(std::size_t prefixes, std::mt19937_64& random);
  void lay_out(const std::vector<Address>& starts);
  template <class Word>
  ranges_type lines_of(const std::vector<Word>& words);
  template <class T>
  std::span<const T> kept(const std::vector<T>& made);

  page_size pages_;
  std::vector<std::unique_ptr<paged_memory>> memory_;
  Table table_;
  std::vector<Address> asked_for_;
};

using ranges4 = ranges_of<std::uint32_t, prefix4_table>;
using ranges6 = ranges_of<address6, prefix6_table>;

template <>
std::vector<std::uint32_t> ranges4::starts(std::size_t prefixes, std::mt19937_64& random) {
  std::vector<std::uint32_t> out{0};
  for (std::size_t i = 0; i < prefixes; ++i) {
    const unsigned host_bits = 32 - length_of(lengths4, random);
    const std::uint64_t size = std::uint64_t{1} << host_bits;
    const std::uint64_t start = random() % (std::uint64_t{1} << 32) / size * size;
    out.push_back(static_cast<std::uint32_t>(start));
    out.push_back(static_cast<std::uint32_t>(start + size));
  }
  return out;
}

template <>
std::vector<address6> ranges6::starts(std::size_t prefixes, std::mt19937_64& random) {
  std::vector<address6> out{{0, 0}};
  for (std::size_t i = 0; i < prefixes; ++i) {
    const unsigned length = length_of(lengths6, random);
    address6 start{(random() >> 3) | (std::uint64_t{1} << 61), random()};
    address6 end;
    if (length <= 64) {
      const std::uint64_t size = std::uint64_t{1} << (64 - length);
      start = {start.high / size * size, 0};
      end = {start.high + size, 0};
    } else {
      end = {start.high, start.low + 1};
    }
    out.push_back(start);
    out.push_back(end);
  }
  return out;
}

// As the writer lays them out; values are numbers of ranges.
template <class Address, class Table>
template <class Word>
typename Table::ranges_type ranges_of<Address, Table>::lines_of(const std::vector<Word>& words) {
  std::vector<std::uint32_t> values(words.size());
  std::iota(values.begin(), values.end(), 0U);
  const auto lines = ranges_type::make_lines(words, values);
  const auto bits = static_cast<unsigned>(std::bit_width(lines.size())) + 1;
  const auto index = ranges_type::make_index(lines, bits, words.size());
  return ranges_type(kept(lines), kept(index), bits, words.size());
}

// A copy on the pages that were asked for.
template <class Address, class Table>
template <class T>
std::span<const T> ranges_of<Address, Table>::kept(const std::vector<T>& made) {
  memory_.push_back(std::make_unique<paged_memory>(made.size() * sizeof(T), pages_));
  auto* copy = reinterpret_cast<T*>(memory_.back()->data());
  std::ranges::copy(made, copy);
  return {copy, made.size()};
}

template <>
void ranges4::lay_out(const std::vector<std::uint32_t>& starts) {
  table_ = prefix4_table(lines_of(starts));
}

template <>
void ranges6::lay_out(const std::vector<address6>& starts) {
  std::vector<std::uint64_t> high;
  std::vector<std::uint64_t> low;
  for (const address6& start : starts) {
    high.push_back(start.high);
    low.push_back(start.low);
  }
  table_ = prefix6_table(lines_of(high), kept(low));
}

// Half of the questions fall where a prefix is, half anywhere.
template <class Address, class Table>
ranges_of<Address, Table>::ranges_of(std::size_t prefixes, page_size pages) : pages_(pages) {
  std::mt19937_64 random(1);
  std::vector<Address> all = starts(prefixes, random);
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  lay_out(all);
  for (std::size_t i = 0; i < asked; ++i) {
    if (i % 2 == 0) {
      asked_for_.push_back(all[random() % all.size()]);
    } else if constexpr (std::is_same_v<Address, address6>) {
      asked_for_.push_back({(random() >> 3) | (std::uint64_t{1} << 61), random()});
    } else {
      asked_for_.push_back(static_cast<Address>(random()));
    }
  }
}

// Reads random lines of as much memory as ten million exact keys take.
class line_reader {
 public:
  explicit line_reader(page_size pages) : memory_(exact_bytes, pages) {}
  void operator()() {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < turn; ++i) {
      const std::uint64_t next = at_++;
      __builtin_prefetch(line(next + ahead));
      sum += *line(next);
    }
    benchmark::DoNotOptimize(sum);
  }

 private:
  [[nodiscard]] const std::uint8_t* line(std::uint64_t number) const {
    constexpr std::size_t lines = exact_bytes / repute::store::line_size;
    const std::uint64_t random = repute::bench::key_number(number).place;
    return memory_.data() + repute::store::scale(random, lines) * repute::store::line_size;
  }

  paged_memory memory_;
  std::uint64_t at_ = 0;
};

// range(0): prefixes; range(1): pages.
template <class Ranges>
void prefix_lookup(benchmark::State& state) {
  const page_size pages = state.range(1) == 0 ? page_size::small : page_size::huge;
  const Ranges from(static_cast<std::size_t>(state.range(0)), pages);
  std::array<std::uint32_t, batch> found{};
  std::size_t at = 0;
  repute::bench::by_turns(state, turn, line_reader(pages), [&] {
    for (const std::size_t end = at + turn; at < end; at += batch) {
      from.table().find(std::span(from.asked_for()).subspan(at, batch), found);
      benchmark::DoNotOptimize(found.data());
      benchmark::ClobberMemory();
    }
    at %= asked;
  });
}

BENCHMARK(prefix_lookup<ranges4>)->Args({1'000'000, 0})->Args({1'000'000, 1})->Iterations(200);
BENCHMARK(prefix_lookup<ranges6>)->Args({200'000, 0})->Args({200'000, 1})->Iterations(200);

}  // namespace
