// SPDX-License-Identifier: Apache-2.0
// What one loop costs in terms of another. A shared machine changes its speed from one tenth of a
// second to the next, so the two run by turns, a millisecond or so each, and every pair gives one
// ratio.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace repute::bench {

inline double median(std::vector<double>& samples) {
  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  return samples.empty() ? 0 : *middle;
}

// Both are called without arguments and process `items` items a call. Counters: medians of the
// nanoseconds an item takes them, and of `measured` divided by `bound` in each pair of turns.
template <class Bound, class Measured>
void by_turns(benchmark::State& state, std::size_t items, Bound bound, Measured measured) {
  const auto ns_each = [items](auto& turn) {
    const auto begin = std::chrono::steady_clock::now();
    turn();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    return took.count() / static_cast<double>(items);
  };
  std::vector<double> bound_ns;
  std::vector<double> measured_ns;
  std::vector<double> ratios;
  for ([[maybe_unused]] auto _ : state) {
    bound_ns.push_back(ns_each(bound));
    measured_ns.push_back(ns_each(measured));
    ratios.push_back(measured_ns.back() / bound_ns.back());
  }
  state.counters["bound_ns"] = median(bound_ns);
  state.counters["ns"] = median(measured_ns);
  state.counters["ratio"] = median(ratios);
}

}  // namespace repute::bench
