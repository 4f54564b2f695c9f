// SPDX-License-Identifier: Apache-2.0
// How much of late something happened: a count that fades. For people who look, not for decisions.
#pragma once

#include "core/peak_latency.hpp"

namespace repute::core {

class share_meter {
 public:
  static constexpr microseconds tau{5'000'000};

  void count(time_point now) noexcept {
    events_ = at(now) + 1;
    last_ = now;
  }
  [[nodiscard]] double at(time_point now) const noexcept {
    return events_ == 0 ? 0 : events_ * faded(last_, now, tau);
  }

 private:
  double events_ = 0;
  time_point last_{};
};

}  // namespace repute::core
