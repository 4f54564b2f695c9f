// SPDX-License-Identifier: Apache-2.0
// Smoothed response time and its deviation (RFC 6298 section 2), in microseconds.
#pragma once

#include <algorithm>
#include <cstdlib>

#include "core/clock.hpp"

namespace repute::core {

inline constexpr microseconds rto_min{2000};  ///< below it a scheduling hiccup looks like loss
inline constexpr microseconds rto_max{50000};
inline constexpr microseconds rto_initial{20000};  ///< before the first sample

class rtt_estimator {
 public:
  void sample(microseconds rtt) noexcept {
    if (!sampled_) {
      sampled_ = true;
      srtt_ = rtt;
      rttvar_ = rtt / 2;
      return;
    }
    const microseconds error{std::abs((srtt_ - rtt).count())};
    rttvar_ = (3 * rttvar_ + error) / 4;
    srtt_ = (7 * srtt_ + rtt) / 8;
  }

  [[nodiscard]] bool sampled() const noexcept { return sampled_; }
  [[nodiscard]] microseconds srtt() const noexcept { return srtt_; }
  [[nodiscard]] microseconds rttvar() const noexcept { return rttvar_; }

  /// How long to wait for an answer of a server that says it queues requests for `qdelay`.
  [[nodiscard]] microseconds rto(microseconds qdelay) const noexcept {
    return sampled_ ? std::clamp(srtt_ + 4 * rttvar_ + qdelay, rto_min, rto_max) : rto_initial;
  }

 private:
  bool sampled_ = false;
  microseconds srtt_{0};
  microseconds rttvar_{0};
};

}  // namespace repute::core
