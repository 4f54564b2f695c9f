// SPDX-License-Identifier: Apache-2.0
// Few numbers about few repeats. All pure.
#pragma once

#include <cstdint>
#include <span>

namespace repute::bench {

struct spread {
  double median = 0;
  double least = 0;
  double most = 0;
};

/// Of at least one value.
[[nodiscard]] spread spread_of(std::span<const double> values);

/// Ratio of medians, b to a, and the interval that holds 95 % of those of resampled repeats
/// (percentile bootstrap, B. Efron; 4000 rounds, always the same ones). With one repeat on a side
/// the interval says nothing of that side's spread. `values` have no zero median in `a`.
struct ratio_interval {
  double ratio = 0;
  double low = 0;
  double high = 0;

  /// The interval excludes "no change".
  [[nodiscard]] bool differs() const noexcept { return low > 1 || high < 1; }
};
[[nodiscard]] ratio_interval compare_medians(std::span<const double> a, std::span<const double> b);

/// Index of the knee of a latency curve: the highest load that was answered (at least 99 % of what
/// was offered) at no more than three times the least median latency; loads ascending. The number
/// of points if there is none.
struct load_point {
  double offered_per_s = 0;
  double answered_per_s = 0;
  double p50_us = 0;
};
[[nodiscard]] std::size_t knee_of(std::span<const load_point> curve);

}  // namespace repute::bench
