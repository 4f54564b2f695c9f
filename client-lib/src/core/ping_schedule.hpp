// SPDX-License-Identifier: Apache-2.0
// When a server is pinged. Lookups never probe: a server that is slow, suspect or down is watched
// by pings alone, for ever, so that it comes back soon after it can.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>

#include "core/clock.hpp"

namespace repute::core {

class ping_schedule {
 public:
  static constexpr microseconds idle{1'000'000};             ///< a server that is well, or loading
  static constexpr microseconds trouble_first{100'000};      ///< suspect or down: growing from here
  static constexpr microseconds trouble_longest{1'500'000};  ///< docs/decisions/0008
  static constexpr unsigned canary_every = 30;  ///< the first and each 30th carries test keys

  enum class mood : std::uint8_t { well, trouble };

  explicit ping_schedule(time_point first) noexcept : due_(first) {}

  [[nodiscard]] time_point due() const noexcept { return due_; }
  [[nodiscard]] bool canary_is_due() const noexcept { return sent_ % canary_every == 0; }

  void on_sent(time_point now, std::mt19937_64& random) noexcept {
    ++sent_;
    due_ = now + jittered(mood_ == mood::well ? idle : interval_, random);
    interval_ = std::min(interval_ * 3 / 2, trouble_longest);
  }

  /// A change for the worse brings the next ping near; for the better, it may wait.
  void set(mood now_is, time_point now, std::mt19937_64& random) noexcept {
    if (now_is != mood_) {
      mood_ = now_is;
      start_over(now, random);
    }
  }
  /// A sign of life: the next pings follow soon, to be sure of it.
  void start_over(time_point now, std::mt19937_64& random) noexcept {
    interval_ = trouble_first;
    due_ = now + jittered(mood_ == mood::well ? idle : interval_, random);
  }

 private:
  /// Half to one and a half times as long, or clients that failed together would come together.
  static microseconds jittered(microseconds interval, std::mt19937_64& random) noexcept {
    const auto half = static_cast<std::uint64_t>(interval.count()) / 2;
    return microseconds{static_cast<std::int64_t>(half + random() % (2 * half + 1))};
  }

  mood mood_ = mood::well;
  microseconds interval_{trouble_first};
  time_point due_;
  unsigned sent_ = 0;
};

}  // namespace repute::core
