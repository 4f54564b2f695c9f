// SPDX-License-Identifier: Apache-2.0
// How much may wait in the kernel. What has waited for longer than waited_max_us is told BUSY
// instead of looked up, which costs nearly as much where datagrams are small: a server whose queue
// is always longer than that would answer nobody. So the receive buffer holds what can be answered
// in time, and the kernel drops the rest for next to nothing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "query/query_core.hpp"

namespace repute::net {

/// Chooses the size of a receive buffer from how long datagrams wait. Time is passed in, monotonic.
/// One thread.
class receive_governor {
 public:
  static constexpr std::uint64_t look_ns = 50'000'000;  ///< between two decisions
  static constexpr std::uint32_t wanted_us = 3000;      ///< wait of a full buffer
  /// Less than waited_max_us: where BUSY is cheap, answering it holds the queue just there.
  static constexpr std::uint32_t too_long_us = 4000;
  static constexpr int bytes_min = 64 << 10;
  static_assert(wanted_us < too_long_us && too_long_us < query::waited_max_us);

  /// `granted` bytes are what the buffer has now and never exceeds.
  receive_governor(int granted, std::uint64_t now_ns) noexcept
      : most_(granted), bytes_(granted), looked_ns_(now_ns) {}

  /// True if it is time to look().
  [[nodiscard]] bool due(std::uint64_t now_ns) const noexcept {
    return now_ns - looked_ns_ >= look_ns;
  }

  /// The size that the buffer should have, when it should change. `waited_us` is how long datagrams
  /// waited lately, `waiting_bytes` what waits still, after the worker took what it could. Shrinks
  /// when both were too much twice: where the worker only had to wait for a core, little waits
  /// afterwards, and the room is what loses nothing meanwhile. Grows again when there is time.
  [[nodiscard]] std::optional<int> look(std::uint32_t waited_us, int waiting_bytes,
                                        std::uint64_t now_ns) noexcept {
    looked_ns_ = now_ns;
    const int before = bytes_;
    const int least = std::min(bytes_min, most_);
    if (waited_us > too_long_us && waiting_bytes >= least) {
      if (std::exchange(too_long_, true)) {
        const std::int64_t in_time = std::int64_t{waiting_bytes} * wanted_us / waited_us;
        bytes_ = std::clamp(static_cast<int>(in_time), least, bytes_);
      }
    } else {
      too_long_ = false;
      if (waited_us < wanted_us / 2) {
        bytes_ = std::min(bytes_ + bytes_ / 4, most_);
      }
    }
    return bytes_ == before ? std::nullopt : std::optional(bytes_);
  }

 private:
  int most_;
  int bytes_;
  std::uint64_t looked_ns_;
  bool too_long_ = false;
};

}  // namespace repute::net
