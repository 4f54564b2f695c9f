// SPDX-License-Identifier: Apache-2.0
// A response time that jumps up at once and sinks back slowly, so that one slow answer steers
// traffic away before the smoothed mean has noticed. The idea is that of Finagle's PeakEwma.
#pragma once

#include <algorithm>
#include <cmath>

#include "core/clock.hpp"

namespace repute::core {

/// exp(-age / tau), 1 for times that lie ahead.
[[nodiscard]] inline double faded(time_point since, time_point now, microseconds tau) noexcept {
  const std::chrono::duration<double, std::micro> age = now - since;
  return age.count() <= 0 ? 1.0 : std::exp(-age.count() / static_cast<double>(tau.count()));
}

class peak_latency {
 public:
  static constexpr microseconds tau{200'000};  ///< a peak is forgotten to 37 % after this

  void sample(microseconds rtt, time_point now) noexcept {
    const auto value = static_cast<double>(rtt.count());
    const double kept = faded(last_, now, tau);
    peak_ = std::max(value, peak_ * kept + value * (1 - kept));
    last_ = now;
  }

  /// What the peak adds above `srtt`, microseconds.
  [[nodiscard]] double above(microseconds srtt, time_point now) const noexcept {
    const double excess = peak_ - static_cast<double>(srtt.count());
    return excess <= 0 ? 0 : excess * faded(last_, now, tau);
  }

 private:
  double peak_ = 0;
  time_point last_{};
};

}  // namespace repute::core
