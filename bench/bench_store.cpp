// SPDX-License-Identifier: Apache-2.0
// The table and the prefix search beside their bounds: reads of random cache lines over the same
// bytes.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>
#include <vector>

#include "filled_table.hpp"
#include "store/prefix_table.hpp"

namespace {

using repute::bench::filled_table;
using repute::bench::key_number;
using repute::bench::table_of;
using repute::store::probe;
using repute::store::snapshot_view;

constexpr std::size_t batch = 512;  // keys of a full receive batch

// range(0): keys; range(1): share of hits in percent.
void table_lookup(benchmark::State& state) {
  const auto keys = static_cast<std::uint64_t>(state.range(0));
  const snapshot_view& view = table_of(keys).view();
  std::mt19937_64 random(1);
  std::vector<probe> probes(batch * 64);
  for (probe& p : probes) {
    const bool hit = random() % 100 < static_cast<std::uint64_t>(state.range(1));
    p.key = key_number(hit ? random() % keys : keys + random() % keys);
  }
  std::vector<repute::answer> answers(batch);
  std::size_t at = 0;
  for ([[maybe_unused]] auto _ : state) {
    view.lookup(std::span(probes).subspan(at, batch), 0, answers);
    benchmark::DoNotOptimize(answers.data());
    at = (at + batch) % probes.size();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch));
}

// The bound: one read of a random line per key, over the same bytes.
void random_lines(benchmark::State& state) {
  const auto keys = static_cast<std::uint64_t>(state.range(0));
  const filled_table& table = table_of(keys);
  const std::uint64_t lines = table.view().table.lines();
  std::mt19937_64 random(1);
  std::vector<const std::uint8_t*> wanted(batch * 64);
  for (auto& line : wanted) {
    line = table.line(random() % lines);
  }
  std::size_t at = 0;
  for ([[maybe_unused]] auto _ : state) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < batch; ++i) {
      sum += *wanted[at + i];
    }
    benchmark::DoNotOptimize(sum);
    at = (at + batch) % wanted.size();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch));
}

void prefix4_lookup(benchmark::State& state) {
  const auto ranges = static_cast<std::uint32_t>(state.range(0));
  constexpr std::uint32_t bits = 16;
  std::vector<std::uint32_t> starts(ranges);
  std::vector<std::uint32_t> values(ranges);
  for (std::uint32_t i = 0; i < ranges; ++i) {
    starts[i] = static_cast<std::uint32_t>((std::uint64_t{i} << 32) / ranges);
    values[i] = i;
  }
  std::vector<std::uint32_t> first((1U << bits) + 1);
  std::uint32_t range = 0;
  for (std::uint64_t slice = 0; slice < first.size(); ++slice) {
    while (range + 1 < ranges && starts[range + 1] <= slice << (32 - bits)) {
      ++range;
    }
    first[slice] = range;
  }
  const repute::store::prefix4_table table(bits, first, starts, values);
  std::mt19937 random(1);
  std::vector<std::uint32_t> addresses(batch * 64);
  std::generate(addresses.begin(), addresses.end(), random);
  std::size_t at = 0;
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(table.find(addresses[at]));
    at = (at + 1) % addresses.size();
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(random_lines)->Arg(1'000'000);
BENCHMARK(table_lookup)->Args({1'000'000, 0})->Args({1'000'000, 10})->Args({1'000'000, 100});
BENCHMARK(prefix4_lookup)->Arg(100'000);

}  // namespace
