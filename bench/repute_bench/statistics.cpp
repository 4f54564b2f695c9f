// SPDX-License-Identifier: Apache-2.0
#include "repute_bench/statistics.hpp"

#include <algorithm>
#include <cassert>
#include <random>
#include <vector>

namespace repute::bench {

namespace {

constexpr std::size_t rounds = 4000;
constexpr std::uint64_t seed = 20'240'607;
constexpr double answered_share = 0.99;
constexpr double latency_factor = 3;

double median_of(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 != 0 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double resampled_median(std::span<const double> from, std::mt19937_64& random,
                        std::vector<double>& room) {
  room.resize(from.size());
  for (double& value : room) {
    value = from[random() % from.size()];
  }
  return median_of(room);
}

}  // namespace

spread spread_of(std::span<const double> values) {
  assert(!values.empty());
  std::vector<double> sorted(values.begin(), values.end());
  const double median = median_of(sorted);
  return {median, sorted.front(), sorted.back()};
}

ratio_interval compare_medians(std::span<const double> a, std::span<const double> b) {
  std::mt19937_64 random(seed);
  std::vector<double> room;
  std::vector<double> ratios;
  for (std::size_t i = 0; i < rounds; ++i) {
    const double below = resampled_median(a, random, room);
    const double above = resampled_median(b, random, room);
    if (below != 0) {
      ratios.push_back(above / below);
    }
  }
  std::sort(ratios.begin(), ratios.end());
  const double ratio = spread_of(b).median / spread_of(a).median;
  if (ratios.empty()) {
    return {ratio, ratio, ratio};
  }
  return {ratio, ratios[ratios.size() / 40], ratios[ratios.size() - 1 - ratios.size() / 40]};
}

std::size_t knee_of(std::span<const load_point> curve) {
  if (curve.empty()) {
    return 0;
  }
  const double least =
      std::min_element(curve.begin(), curve.end(), [](const load_point& a, const load_point& b) {
        return a.p50_us < b.p50_us;
      })->p50_us;
  std::size_t knee = curve.size();
  for (std::size_t i = 0; i < curve.size(); ++i) {
    if (curve[i].answered_per_s >= answered_share * curve[i].offered_per_s &&
        curve[i].p50_us <= latency_factor * least) {
      knee = i;
    }
  }
  return knee;
}

}  // namespace repute::bench
