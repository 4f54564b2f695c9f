// SPDX-License-Identifier: Apache-2.0
// What live entries cost a lookup: the same questions to the same table with none, a thousand and a
// million of them laid over it. The target is 1.3 times the first at most.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "filled_table.hpp"
#include "store/live_view.hpp"

namespace {

using namespace repute::store;
using repute::bench::key_number;
using repute::bench::table_of;

constexpr std::size_t batch = 20;  // keys of a mail
constexpr std::uint64_t first_live = std::uint64_t{1} << 40;

std::unique_ptr<live_index> index_of(std::uint64_t entries) {
  if (entries == 0) {
    return nullptr;
  }
  auto index = std::make_unique<live_index>(entries + entries / 2 + 1024);
  const live_said put{.answer = {.status = repute::status::listed},
                      .expires_unix_s = 0,
                      .says = live_said::what::put};
  for (std::uint64_t i = 0; i < entries; ++i) {
    if (!index->set(key_number(first_live + i), live_layer::live, put)) {
      std::abort();
    }
  }
  return index;
}

// range(0): keys in the table; range(1): live entries. One key in ten is in the table.
void live_lookup(benchmark::State& state) {
  const auto keys = static_cast<std::uint64_t>(state.range(0));
  const snapshot_view& view = table_of(keys).view();
  const auto index = index_of(static_cast<std::uint64_t>(state.range(1)));
  const live_view live{index.get(), nullptr, 0};
  std::mt19937_64 random(1);
  std::vector<probe> probes(batch * 65536);
  for (probe& p : probes) {
    p.key = key_number(random() % 10 == 0 ? random() % keys : keys + random() % keys);
  }
  std::vector<repute::answer> answers(batch);
  std::size_t at = 0;
  for ([[maybe_unused]] auto _ : state) {
    live.lookup(view, std::span(probes).subspan(at, batch), 1'700'000'000, answers);
    benchmark::DoNotOptimize(answers.data());
    at = (at + batch) % probes.size();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch));
}

BENCHMARK(live_lookup)
    ->Args({1'000'000, 1'000})
    ->Args({10'000'000, 0})
    ->Args({10'000'000, 1'000})
    ->Args({10'000'000, 1'000'000});

// A put of one key, as the control thread makes it visible.
void live_put(benchmark::State& state) {
  constexpr std::uint64_t room = 1'000'000;
  const live_said put{.answer = {}, .expires_unix_s = 0, .says = live_said::what::put};
  auto index = std::make_unique<live_index>(room);
  std::uint64_t i = 0;
  for ([[maybe_unused]] auto _ : state) {
    if (index->room() == 0) {
      state.PauseTiming();
      index = std::make_unique<live_index>(room);
      state.ResumeTiming();
    }
    benchmark::DoNotOptimize(index->set(key_number(i++), live_layer::live, put));
  }
}
BENCHMARK(live_put);

}  // namespace
