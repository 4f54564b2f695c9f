// SPDX-License-Identifier: Apache-2.0
// Tokens that retries cost. Without a budget, retries keep an overloaded network overloaded after
// the cause is gone; with this one, they add at most a fifth to the traffic.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace repute::core {

class retry_budget {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  void on_lookup() noexcept { add(per_lookup); }

  /// Takes a token if there is one.
  [[nodiscard]] bool take(time_point now) noexcept {
    using std::chrono::duration_cast;
    using std::chrono::microseconds;
    if (refilled_) {
      add(per_microsecond *
          std::max<std::int64_t>(0, duration_cast<microseconds>(now - *refilled_).count()));
    }
    refilled_ = now;
    if (millionths_ < token) {
      return false;
    }
    millionths_ -= token;
    return true;
  }

 private:
  static constexpr std::int64_t token = 1'000'000;
  static constexpr std::int64_t initial =
      10 * token;  ///< a one-shot tool must survive a dead server
  static constexpr std::int64_t cap = 100 * token;
  static constexpr std::int64_t per_lookup = token / 5;
  static constexpr std::int64_t per_microsecond = 1;  ///< a token a second

  void add(std::int64_t millionths) noexcept {
    millionths_ = std::min(cap, millionths_ + std::min(cap, millionths));
  }

  std::int64_t millionths_ = initial;
  std::optional<time_point> refilled_;
};

}  // namespace repute::core
