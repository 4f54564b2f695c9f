// SPDX-License-Identifier: Apache-2.0
// When each request of an open loop is due.
#pragma once

#include <cstdint>

namespace repute::bench {

/// Request n of a fixed rate is due at start + n / rate, whatever became of the others. A generator
/// that was held up finds several due at once and counts their latency from their own due times, so
/// that a stall is charged to every request that it delayed (coordinated omission, G. Tene). Exact:
/// no drift at any rate.
class pacer {
 public:
  /// `per_second` is 1 .. 10^9.
  pacer(std::uint64_t per_second, std::uint64_t start_ns) noexcept
      : per_second_(per_second), start_ns_(start_ns) {}

  [[nodiscard]] std::uint64_t due_at_ns(std::uint64_t request) const noexcept {
    return start_ns_ + static_cast<std::uint64_t>(wide{request} * ns_per_s / per_second_);
  }

  /// How many requests are due at `now_ns`: n if due_at_ns(n - 1) <= now_ns < due_at_ns(n).
  [[nodiscard]] std::uint64_t due_by(std::uint64_t now_ns) const noexcept {
    if (now_ns < start_ns_) {
      return 0;
    }
    // due_at_ns() rounds down, so a request is due up to a nanosecond before its exact time.
    const wide elapsed = now_ns - start_ns_;
    return static_cast<std::uint64_t>(((elapsed + 1) * per_second_ - 1) / ns_per_s) + 1;
  }

 private:
  __extension__ using wide = unsigned __int128;
  static constexpr std::uint64_t ns_per_s = 1'000'000'000;

  std::uint64_t per_second_;
  std::uint64_t start_ns_;
};

}  // namespace repute::bench
