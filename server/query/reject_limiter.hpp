// SPDX-License-Identifier: Apache-2.0
// How many REJECT(VERSION) leave: one a second per source address, 1000 a second in all.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "query/datagram.hpp"

namespace repute::query {

/// Shared by all workers; thread-safe, lock-free, no allocation. Sources share 4096 slots: two that
/// meet in one slot take turns, so the limits are never exceeded and a REJECT is sometimes
/// withheld.
class reject_limiter {
 public:
  static constexpr std::uint64_t second_ns = 1'000'000'000;
  static constexpr std::uint32_t total_per_second = 1000;

  /// `seed` scatters the sources, so that nobody can choose a victim's slot. Any random number.
  explicit reject_limiter(std::uint64_t seed) noexcept : seed_(seed) {}

  /// True if a REJECT may go to `address` (16 bytes as in endpoint) at `now_ns`, monotonic.
  [[nodiscard]] bool allow(const std::array<std::uint8_t, 16>& address,
                           std::uint64_t now_ns) noexcept;

 private:
  [[nodiscard]] bool take_from_total(std::uint64_t now_ns) noexcept;

  std::uint64_t seed_;
  std::array<std::atomic<std::uint64_t>, 4096> free_at_ns_{};  ///< 0 = never used
  std::atomic<std::uint64_t> window_{0};  ///< second of the clock << 32 | REJECTs in it
};

}  // namespace repute::query
