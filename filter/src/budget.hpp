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
  budget(const extract_limits& limits, std::size_t message_bytes)
      : limits_(limits),
        whole_bytes_(message_bytes),
        end_(clock::now() + std::chrono::milliseconds(limits.time_ms)) {}

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

  /// False, and noted as depth, if messages within messages are more bytes than a few times the
  /// whole: each level is read again.
  [[nodiscard]] bool take_message(std::size_t bytes) {
    inner_bytes_ += bytes;
    return inner_bytes_ <= inner_factor * whole_bytes_ || refuse(limit::depth);
  }

  [[nodiscard]] std::vector<limit> take_met() { return std::move(met_); }

 private:
  using clock = std::chrono::steady_clock;

  bool refuse(limit bound) {
    meet(bound);
    return false;
  }

  static constexpr std::size_t inner_factor = 8;

  extract_limits limits_;
  std::size_t whole_bytes_;
  std::size_t inner_bytes_ = 0;
  clock::time_point end_;
  bool late_ = false;
  std::size_t parts_ = 0;
  std::size_t fields_ = 0;
  std::vector<limit> met_;
};

}  // namespace repute::mail::detail
