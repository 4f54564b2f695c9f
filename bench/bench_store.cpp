// SPDX-License-Identifier: Apache-2.0
// The exact table beside its bound: reads of random cache lines over the same bytes.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>
#include <vector>

#include "filled_table.hpp"

namespace {

using repute::bench::filled_table;
using repute::bench::key_number;
using repute::bench::table_of;
using repute::store::probe;
using repute::store::snapshot_view;

constexpr std::size_t batch = 512;  // keys of a full receive batch
// Questions before they repeat: their lines are far more than any cache holds.
constexpr std::size_t asked = batch * 4096;

// range(0): keys; range(1): share of hits in percent.
void table_lookup(benchmark::State& state) {
  const auto keys = static_cast<std::uint64_t>(state.range(0));
  const snapshot_view& view = table_of(keys).view();
  std::mt19937_64 random(1);
  std::vector<probe> probes(asked);
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
  std::vector<const std::uint8_t*> wanted(asked);
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

// A hundred million keys want 1.5 GB; the smoke run leaves out ten million and more.
void footprints(benchmark::internal::Benchmark* run) {
  for (const std::int64_t keys : {1'000'000, 10'000'000, 100'000'000}) {
    for (const std::int64_t percent_hits : {0, 10, 100}) {
      run->Args({keys, percent_hits});
    }
  }
}

BENCHMARK(random_lines)->Arg(1'000'000)->Arg(10'000'000)->Arg(100'000'000);
BENCHMARK(table_lookup)->Apply(footprints);

}  // namespace
