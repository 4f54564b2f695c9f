// SPDX-License-Identifier: Apache-2.0
// The exact table beside its bound: reads of one random line of the same memory for each key. Rows
// are named keys/pages/percent of hits/keys at once, with pages 0 for 4 KiB and 1 for huge ones.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include "by_turns.hpp"
#include "filled_table.hpp"

namespace {

using repute::bench::filled_table;
using repute::bench::key_number;
using repute::bench::page_size;
using repute::bench::table_of;
using repute::store::probe;
using repute::store::snapshot_view;
using repute::store::table_key;

constexpr std::size_t batch_max = 512;        // keys of a full receive batch
constexpr std::size_t turn = batch_max * 32;  // keys of a turn
constexpr std::size_t asked = turn * 128;     // before they repeat: far more lines than a cache
constexpr std::size_t ahead = 24;             // lines asked for in advance, as the table does

const filled_table& table_for(const benchmark::State& state) {
  return table_of(static_cast<std::uint64_t>(state.range(0)),
                  state.range(1) == 0 ? page_size::small : page_size::huge);
}

// Keys to ask for, `percent_hits` of them in the table, and `ahead` more to look ahead at.
std::vector<table_key> questions(std::int64_t keys_in_table, std::int64_t percent_hits,
                                 std::uint64_t seed) {
  const auto keys = static_cast<std::uint64_t>(keys_in_table);
  std::mt19937_64 random(seed);
  std::vector<table_key> out(asked + ahead);
  for (table_key& each : out) {
    const bool hit = random() % 100 < static_cast<std::uint64_t>(percent_hits);
    each = key_number(hit ? random() % keys : keys + random() % keys);
  }
  return out;
}

// Reads a line for each key of the next turn; other lines than the keys of the table have, which
// would be in a cache then.
class line_reader {
 public:
  explicit line_reader(const benchmark::State& state)
      : table_(table_for(state)), keys_(questions(state.range(0), 0, 2)) {}
  void operator()() {
    std::uint64_t sum = 0;
    for (std::size_t i = at_; i < at_ + turn; ++i) {
      __builtin_prefetch(table_.line_of(keys_[i + ahead]));
      sum += *table_.line_of(keys_[i]);
    }
    benchmark::DoNotOptimize(sum);
    at_ = (at_ + turn) % asked;
  }

 private:
  const filled_table& table_;
  std::vector<table_key> keys_;
  std::size_t at_ = 0;
};

// Keys to verdicts, as stored: what the table does, and nothing else.
void table_find(benchmark::State& state) {
  const snapshot_view& view = table_for(state).view();
  const auto keys = questions(state.range(0), state.range(2), 1);
  const auto at_once = static_cast<std::size_t>(state.range(3));
  std::array<std::uint32_t, batch_max> found{};
  std::size_t at = 0;
  repute::bench::by_turns(state, turn, line_reader(state), [&] {
    std::uint64_t sum = 0;
    for (const std::size_t end = at + turn; at < end; at += at_once) {
      view.table.find(std::span(keys).subspan(at, at_once), std::span(found).first(at_once));
      for (std::size_t k = 0; k < at_once; ++k) {
        sum += repute::load_le<std::uint64_t>(view.dictionary[found[k]].answer.data());
      }
    }
    benchmark::DoNotOptimize(sum);
    at %= asked;
  });
}

// Probes to answers, as the query core calls it.
void table_lookup(benchmark::State& state) {
  const snapshot_view& view = table_for(state).view();
  const auto keys = questions(state.range(0), state.range(2), 1);
  std::vector<probe> probes(asked);
  std::ranges::transform(std::span(keys).first(asked), probes.begin(),
                         [](table_key key) { return probe{.key = key}; });
  std::vector<repute::answer> answers(batch_max);
  std::size_t at = 0;
  repute::bench::by_turns(state, turn, line_reader(state), [&] {
    for (const std::size_t end = at + turn; at < end; at += batch_max) {
      view.lookup(std::span(probes).subspan(at, batch_max), 0, answers);
      benchmark::DoNotOptimize(answers.data());
    }
    at %= asked;
  });
}

// What the table takes and how many lines a miss reads, counted; the time is of no interest.
void table_facts(benchmark::State& state) {
  const filled_table& table = table_for(state);
  const auto bytes = static_cast<double>(table.view().table.lines() * repute::store::line_size);
  std::size_t second = 0;
  const auto absent = questions(state.range(0), 0, 3);
  for ([[maybe_unused]] auto _ : state) {
    second = static_cast<std::size_t>(
        std::ranges::count_if(absent, [&](table_key key) { return table.overflowed(key); }));
  }
  state.counters["bytes_per_key"] = bytes / static_cast<double>(state.range(0));
  state.counters["misses_in_one_line"] =
      1 - static_cast<double>(second) / static_cast<double>(absent.size());
}

// In the order of tables, so that each is made once. A hundred million keys want 1.5 GB; the smoke
// run leaves out ten million and more.
bool register_all() {
  for (const std::int64_t keys : {1'000'000, 10'000'000, 100'000'000}) {
    for (const std::int64_t pages : {0, 1}) {
      benchmark::RegisterBenchmark("table_facts", table_facts)->Args({keys, pages});
      for (const std::int64_t hits : {0, 10, 100}) {
        for (const std::int64_t at_once : {1, 16, 32, 512}) {
          benchmark::RegisterBenchmark("table_find", table_find)
              ->Args({keys, pages, hits, at_once});
        }
        benchmark::RegisterBenchmark("table_lookup", table_lookup)->Args({keys, pages, hits});
      }
    }
  }
  return true;
}

[[maybe_unused]] const bool registered = register_all();

}  // namespace
