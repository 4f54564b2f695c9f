// SPDX-License-Identifier: Apache-2.0
// What one message may cost, and which bounds it met.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include "repute/mail/facts.hpp"

namespace repute::mail::detail {

/// Counters of one message. Its owner reads the message in one thread.
class budget {
 public:
  explicit budget(const extract_limits& limits)
      : limits_(limits), end_(clock::now() + std::chrono::milliseconds(limits.time_ms)) {}

  [[nodiscard]] const extract_limits& limits() const noexcept { return limits_; }

  /// Notes that something was left out.
  void meet(limit bound) {
    if (std::ranges::find(met_, bound) == met_.end()) {
      met_.push_back(bound);
    }
  }

  /// False, and noted, once the time is over.
  [[nodiscard]] bool has_time() {
    late_ = late_ || clock::now() >= end_;
    return !late_ || refuse(limit::time);
  }

  /// False, and noted, if there may be no further part.
  [[nodiscard]] bool take_part() { return parts_++ < limits_.parts || refuse(limit::parts); }

  /// False, and noted, if there may be no further header field.
  [[nodiscard]] bool take_field() {
    return fields_++ < limits_.header_fields || refuse(limit::header_fields);
  }

  [[nodiscard]] std::vector<limit> take_met() { return std::move(met_); }

 private:
  using clock = std::chrono::steady_clock;

  bool refuse(limit bound) {
    meet(bound);
    return false;
  }

  const extract_limits& limits_;
  clock::time_point end_;
  bool late_ = false;
  std::size_t parts_ = 0;
  std::size_t fields_ = 0;
  std::vector<limit> met_;
};

}  // namespace repute::mail::detail
