// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace repute::query {

/// A token bucket as one number, the time at which it is full again (the generic cell rate
/// algorithm, ITU-T I.371). Thread-safe, lock-free.
class rate_gate {
 public:
  /// Takes `cost_ns` worth of tokens out of a bucket that holds `burst_ns` worth and fills by one
  /// nanosecond's worth a nanosecond; false if it is empty. Whatever the last one takes too much is
  /// owed. `now_ns` is monotonic.
  [[nodiscard]] bool take(std::uint64_t now_ns, std::uint64_t cost_ns,
                          std::uint64_t burst_ns) noexcept {
    std::uint64_t full_at = full_at_ns_.load(std::memory_order_relaxed);
    for (;;) {
      const std::uint64_t from = std::max(full_at, now_ns);
      if (from - now_ns >= burst_ns) {
        return false;
      }
      if (full_at_ns_.compare_exchange_weak(full_at, from + cost_ns, std::memory_order_relaxed)) {
        return true;
      }
    }
  }

 private:
  std::atomic<std::uint64_t> full_at_ns_{0};
};

}  // namespace repute::query
