// SPDX-License-Identifier: Apache-2.0
// How loaded a worker is, as its answers tell it. Pure: time is passed in, in nanoseconds,
// monotonic.
#pragma once

#include <algorithm>
#include <cstdint>

namespace repute::query {

/// Busy share of a worker over windows of at least 100 ms. One thread.
class load_meter {
 public:
  static constexpr std::uint64_t window_ns = 100'000'000;

  explicit load_meter(std::uint64_t now_ns) noexcept : window_start_ns_(now_ns) {}

  /// Tells that the worker was busy for `busy_ns` until `now_ns`.
  void add(std::uint64_t busy_ns, std::uint64_t now_ns) noexcept {
    busy_ns_ += busy_ns;
    if (const std::uint64_t elapsed = now_ns - window_start_ns_; elapsed >= window_ns) {
      load_ = static_cast<std::uint8_t>(std::min<std::uint64_t>(busy_ns_ * 255 / elapsed, 255));
      busy_ns_ = 0;
      window_start_ns_ = now_ns;
    }
  }

  /// Share of the last full window, 255 = all of it.
  [[nodiscard]] std::uint8_t value() const noexcept { return load_; }

 private:
  std::uint64_t window_start_ns_;
  std::uint64_t busy_ns_ = 0;
  std::uint8_t load_ = 0;
};

/// Exponentially weighted mean of queue delays with a time constant of 10 ms. One thread.
class delay_meter {
 public:
  static constexpr std::uint64_t time_constant_ns = 10'000'000;

  /// Tells the mean delay of a batch taken at `now_ns`.
  void add(std::uint32_t mean_us, std::uint64_t now_ns) noexcept {
    // dt / (dt + tau) stands for 1 - exp(-dt / tau): equal for small steps, and a long pause
    // forgets.
    const auto dt = static_cast<double>(std::max<std::uint64_t>(now_ns - last_ns_, 1));
    const double weight = dt / (dt + static_cast<double>(time_constant_ns));
    mean_us_ += weight * (static_cast<double>(mean_us) - mean_us_);
    last_ns_ = now_ns;
  }

  [[nodiscard]] std::uint32_t value_us() const noexcept {
    return static_cast<std::uint32_t>(mean_us_);
  }

 private:
  double mean_us_ = 0;
  std::uint64_t last_ns_ = 0;
};

}  // namespace repute::query
