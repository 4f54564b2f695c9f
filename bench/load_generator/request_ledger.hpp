// SPDX-License-Identifier: Apache-2.0
// Which requests are unanswered, and since when.
#pragma once

#include <cstdint>
#include <vector>

#include "load_generator/outcome.hpp"
#include "load_generator/protocol.hpp"

namespace repute::bench {

/// Outstanding requests by number, in a ring of 2^min(id bits, 18) places, which last for a
/// quarter of a second at a million requests a second. Pure: times are passed in. All memory is
/// taken by the constructor. One thread at a time.
class request_ledger {
 public:
  static constexpr unsigned ring_bits_max = 18;

  explicit request_ledger(unsigned id_bits);

  /// Requests and replies count from `begin_ns` to `end_ns`; what was before was warming up.
  void measure(std::uint64_t begin_ns, std::uint64_t end_ns) noexcept;

  /// Request `n`, one more than the last, whose latency counts from `since_ns`. If its place in the
  /// ring is still taken, the request there is lost.
  void open(std::uint64_t n, std::uint64_t since_ns, const made_request& made) noexcept;

  /// A reply that arrived at `now_ns`. Replies that nobody waits for are only counted.
  void close(const judged_reply& reply, std::size_t bytes, std::uint64_t now_ns) noexcept;

  /// Gives up requests older than `grace_ns`; returns how many.
  std::uint64_t expire(std::uint64_t now_ns, std::uint64_t grace_ns) noexcept;

  [[nodiscard]] std::uint64_t outstanding() const noexcept { return outstanding_; }
  [[nodiscard]] std::uint64_t opened() const noexcept { return next_; }
  [[nodiscard]] outcome& result() noexcept { return result_; }

 private:
  struct place {
    std::uint64_t number = 0;
    std::uint64_t since_ns = 0;
    std::uint16_t keys = 0;
    std::uint16_t listed = 0;
    bool waiting = false;
  };

  [[nodiscard]] place& place_of(std::uint64_t n) noexcept { return ring_[n & ring_mask_]; }
  [[nodiscard]] bool in_window(std::uint64_t ns) const noexcept {
    return begin_ns_ <= ns && ns < end_ns_;
  }
  void give_up(place& at) noexcept;
  void count(const judged_reply& reply, const place& asked, std::size_t bytes,
             std::uint64_t now_ns) noexcept;

  std::vector<place> ring_;
  std::uint64_t ring_mask_;
  std::uint64_t id_mask_;
  std::uint64_t begin_ns_ = UINT64_MAX;
  std::uint64_t end_ns_ = UINT64_MAX;
  std::uint64_t oldest_ = 0;
  std::uint64_t next_ = 0;
  std::uint64_t outstanding_ = 0;
  outcome result_;
};

}  // namespace repute::bench
