// SPDX-License-Identifier: Apache-2.0
// Longest-prefix match beside its bound: reads of random lines of the same table. Prefixes are
// spread at random, with the lengths that reputation lists have.
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

#include "store/prefix_table.hpp"

namespace {

using repute::store::address6;
using repute::store::prefix4_table;
using repute::store::prefix6_table;

constexpr std::size_t batch = 32;             // addresses that are asked at once
constexpr std::size_t asked = batch * 32768;  // more than the table has lines

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
  explicit ranges_of(std::size_t prefixes);
  [[nodiscard]] const Table& table() const noexcept { return table_; }
  [[nodiscard]] const std::vector<Address>& asked_for() const noexcept { return asked_for_; }
  // A random place in the table's memory.
  [[nodiscard]] const std::uint8_t* line(std::uint64_t random) const noexcept {
    return reinterpret_cast<const std::uint8_t*>(&lines_[random % lines_.size()]);
  }

 private:
  using ranges_type = typename Table::ranges_type;
  static std::vector<Address> starts(std::size_t prefixes, std::mt19937_64& random);
  void lay_out(const std::vector<Address>& starts);
  template <class Word>
  ranges_type lines_of(const std::vector<Word>& words);

  std::vector<typename ranges_type::line> lines_;
  std::vector<std::uint32_t> index_;
  std::vector<std::uint64_t> low_;
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
  lines_ = ranges_type::make_lines(words, values);
  const auto bits = static_cast<unsigned>(std::bit_width(lines_.size())) + 1;
  index_ = ranges_type::make_index(lines_, bits, words.size());
  return ranges_type(lines_, index_, bits, words.size());
}

template <>
void ranges4::lay_out(const std::vector<std::uint32_t>& starts) {
  table_ = prefix4_table(lines_of(starts));
}

template <>
void ranges6::lay_out(const std::vector<address6>& starts) {
  std::vector<std::uint64_t> high;
  for (const address6& start : starts) {
    high.push_back(start.high);
    low_.push_back(start.low);
  }
  table_ = prefix6_table(lines_of(high), low_);
}

// Half of the questions fall where a prefix is, half anywhere.
template <class Address, class Table>
ranges_of<Address, Table>::ranges_of(std::size_t prefixes) {
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

template <class Ranges>
const Ranges& ranges(std::int64_t prefixes) {
  static std::unique_ptr<Ranges> kept;
  static std::int64_t kept_prefixes = 0;
  if (std::exchange(kept_prefixes, prefixes) != prefixes) {
    kept = std::make_unique<Ranges>(static_cast<std::size_t>(prefixes));
  }
  return *kept;
}

// range(0): prefixes.
template <class Ranges>
void prefix_lookup(benchmark::State& state) {
  const Ranges& from = ranges<Ranges>(state.range(0));
  std::array<std::uint32_t, batch> found{};
  std::size_t at = 0;
  for ([[maybe_unused]] auto _ : state) {
    from.table().find(std::span(from.asked_for()).subspan(at, batch), found);
    benchmark::DoNotOptimize(found.data());
    benchmark::ClobberMemory();
    at = (at + batch) % asked;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch));
}

// The bound: one read of a random line for each address.
template <class Ranges>
void prefix_lines(benchmark::State& state) {
  const Ranges& from = ranges<Ranges>(state.range(0));
  std::mt19937_64 random(1);
  std::vector<const std::uint8_t*> wanted(asked);
  std::ranges::generate(wanted, [&] { return from.line(random()); });
  std::size_t at = 0;
  for ([[maybe_unused]] auto _ : state) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < batch; ++i) {
      sum += *wanted[at + i];
    }
    benchmark::DoNotOptimize(sum);
    at = (at + batch) % asked;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch));
}

BENCHMARK(prefix_lines<ranges4>)->Arg(1'000'000);
BENCHMARK(prefix_lookup<ranges4>)->Arg(1'000'000);
BENCHMARK(prefix_lines<ranges6>)->Arg(200'000);
BENCHMARK(prefix_lookup<ranges6>)->Arg(200'000);

}  // namespace
