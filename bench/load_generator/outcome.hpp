// SPDX-License-Identifier: Apache-2.0
// What a measured window of load gave.
#pragma once

#include <cstdint>

#include "load_generator/latency_histogram.hpp"

namespace repute::bench {

/// Counts of one window. A request belongs to the window in which it was due (open loop) or sent
/// (maximum rate), a reply to the one in which it arrived; latencies are those of the window's
/// requests, answered errors included.
struct outcome {
  double seconds = 0;           ///< length of the window
  std::uint64_t requests = 0;   ///< due or sent within it
  std::uint64_t lost = 0;       ///< of those, unanswered after the grace time
  std::uint64_t replies = 0;    ///< arrived within it, errors excluded
  std::uint64_t errors = 0;     ///< replies that answered nothing, such as BUSY
  std::uint64_t keys = 0;       ///< answered by `replies`
  std::uint64_t listed = 0;     ///< of those; 0 where unknown
  std::uint64_t wrong = 0;      ///< replies whose number of keys or hits was not the expected one
  std::uint64_t unmatched = 0;  ///< replies that nobody waited for: late, doubled or foreign
  std::uint64_t request_bytes = 0;  ///< of `requests`
  std::uint64_t reply_bytes = 0;    ///< of `replies` and `errors`
  std::uint32_t window_min = 0;     ///< maximum rate: least requests allowed to be outstanding
  latency_histogram latency;

  [[nodiscard]] double replies_per_s() const noexcept { return per_s(replies); }
  [[nodiscard]] double keys_per_s() const noexcept { return per_s(keys); }
  [[nodiscard]] double offered_per_s() const noexcept { return per_s(requests); }
  [[nodiscard]] double lost_share() const noexcept {
    return requests == 0 ? 0 : static_cast<double>(lost) / static_cast<double>(requests);
  }

 private:
  [[nodiscard]] double per_s(std::uint64_t count) const noexcept {
    return seconds > 0 ? static_cast<double>(count) / seconds : 0;
  }
};

}  // namespace repute::bench
