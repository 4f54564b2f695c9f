// SPDX-License-Identifier: Apache-2.0
// The course of one run, whatever the transport: warming up, the measured window, late replies.
#pragma once

#include <cstdint>

#include "load_generator/engine.hpp"
#include "load_generator/pacer.hpp"
#include "load_generator/request_ledger.hpp"
#include "load_generator/send_window.hpp"

namespace repute::bench {

/// Times are passed in; only the callbacks of load_options do more than count. One thread.
class load_run {
 public:
  /// Requests that leave together at maximum rate, and the most that UDP_SEGMENT could merge.
  static constexpr std::uint32_t burst_max = 32;

  load_run(protocol& speaks, const load_options& load, std::uint64_t now_ns);

  /// Moves on to the next phase when its time has come and gives up old requests. False: all is
  /// answered or given up.
  [[nodiscard]] bool go_on(std::uint64_t now_ns);

  /// How many requests may leave now: 0, or at maximum rate a burst, or as many as are due. What
  /// was due within the window leaves even after it.
  [[nodiscard]] std::uint32_t allowed(std::uint64_t now_ns) const noexcept;
  /// False once the window is over and only replies are waited for.
  [[nodiscard]] bool sending() const noexcept { return phase_ != phase::draining; }
  [[nodiscard]] bool open_loop() const noexcept { return load_.rate_per_s != 0; }

  /// Writes the next request to `to`; its number is the count of those before it.
  made_request next(byte_span to, std::uint64_t now_ns) noexcept;
  [[nodiscard]] std::uint64_t made() const noexcept { return ledger_.opened(); }

  void answered(const judged_reply& reply, std::size_t bytes, std::uint64_t now_ns) noexcept;

  [[nodiscard]] outcome take_result();

 private:
  enum class phase : std::uint8_t { warming_up, measuring, draining };

  void advance(std::uint64_t now_ns);
  void back_off(std::uint64_t now_ns) noexcept;

  protocol& speaks_;
  const load_options& load_;
  request_ledger ledger_;
  pacer pacer_;
  send_window window_;
  phase phase_ = phase::warming_up;
  std::uint64_t phase_end_ns_;
  std::uint64_t last_due_ns_ = UINT64_MAX;  // open loop
  bool refused_ = false;                    // an answer since the last look answered nothing
  std::uint64_t backed_off_ns_ = 0;
};

}  // namespace repute::bench
