// SPDX-License-Identifier: Apache-2.0
#include "query/reject_limiter.hpp"

#include "query/address_hash.hpp"

namespace repute::query {

bool reject_limiter::take_from_total(std::uint64_t now_ns) noexcept {
  const std::uint64_t second = (now_ns / second_ns) & 0xffffffff;
  std::uint64_t seen = window_.load(std::memory_order_relaxed);
  for (;;) {
    const std::uint64_t used = seen >> 32 == second ? seen & 0xffffffff : 0;
    if (used >= total_per_second) {
      return false;
    }
    const std::uint64_t next = second << 32 | (used + 1);
    if (window_.compare_exchange_weak(seen, next, std::memory_order_relaxed)) {
      return true;
    }
  }
}

bool reject_limiter::allow(const std::array<std::uint8_t, 16>& address,
                           std::uint64_t now_ns) noexcept {
  auto& slot = free_at_ns_[hash_address(address, seed_) % free_at_ns_.size()];
  std::uint64_t free_at = slot.load(std::memory_order_relaxed);
  // The slot is taken before the total: a refused total costs this source its second, never more.
  return now_ns >= free_at &&
         slot.compare_exchange_strong(free_at, now_ns + second_ns, std::memory_order_relaxed) &&
         take_from_total(now_ns);
}

}  // namespace repute::query
