// SPDX-License-Identifier: Apache-2.0
// Tokens that retries cost. Without a budget, retries keep an overloaded network overloaded after
// the cause is gone; with this one, they add at most a fifth to the traffic.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace repute::core {

class retry_budget {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  void on_lookup() noexcept { add(per_lookup); }

  /// Takes a token if there is one.
  [[nodiscard]] bool take(time_point now) noexcept {
    if (refilled_) {
      add(per_second * std::max(0.0, std::chrono::duration<double>(now - *refilled_).count()));
    }
    refilled_ = now;
    if (tokens_ < 1) {
      return false;
    }
    tokens_ -= 1;
    return true;
  }

 private:
  static constexpr double initial = 10;  ///< a one-shot tool must survive a dead server
  static constexpr double per_lookup = 0.2;
  static constexpr double per_second = 1;
  static constexpr double cap = 100;

  void add(double tokens) noexcept { tokens_ = std::min(cap, tokens_ + tokens); }

  double tokens_ = initial;
  std::optional<time_point> refilled_;
};

}  // namespace repute::core
