// SPDX-License-Identifier: Apache-2.0
// May a server be asked? One small state machine for each: what it answers and leaves unanswered
// goes in, out comes whether it is suspect, draining, not to be used, or back but not yet trusted
// with all of its load.
#pragma once

#include <cstdint>

#include "core/clock.hpp"

namespace repute::core {

/// Why a server is down: asked only when no other is left, and watched by pings.
enum class defect : std::uint8_t {
  none,
  unproven,       ///< new in the list; nothing is known of it yet
  silent,         ///< left everything unanswered
  failing,        ///< answers with errors
  wrong_answers,  ///< answered a test key wrongly: its store is empty or broken
  foreign_salt,   ///< its data was built under another salt
  loading,        ///< has no snapshot yet
};

class server_health {
 public:
  static constexpr unsigned timeouts_to_down = 3;  ///< in a row, and
  static constexpr microseconds silence_to_down{20'000};
  static constexpr unsigned proofs_to_return = 2;
  static constexpr microseconds ramp_time{2'000'000};
  static constexpr double ramp_begin = 0.02;

  /// `start` is `unproven` for servers that join while others work, else `none`.
  server_health(defect start, time_point now) noexcept : defect_(start), answered_at_(now) {}

  /// A good answer. `tested`: it was also right about test keys.
  void on_good(time_point now, bool tested) noexcept;
  /// An answer that promises nothing but life.
  void on_alive(time_point now) noexcept;
  /// BUSY: life, and for one that was silent a proof of it.
  void on_busy(time_point now) noexcept;
  void on_defect(defect found, time_point now) noexcept;
  void on_timeout(time_point sent_at) noexcept;
  void on_refused() noexcept;
  void set_draining(bool draining) noexcept { draining_ = draining; }
  /// Whoever is silent for long enough is down. Call before asking what follows.
  void settle(time_point now) noexcept;

  [[nodiscard]] bool down() const noexcept { return defect_ != defect::none; }
  [[nodiscard]] defect why_down() const noexcept { return defect_; }
  [[nodiscard]] bool suspect() const noexcept { return suspect_; }
  [[nodiscard]] bool draining() const noexcept { return draining_; }
  /// Good answers since it went down, less than proofs_to_return.
  [[nodiscard]] unsigned proofs() const noexcept { return proofs_; }
  [[nodiscard]] time_point answered_at() const noexcept { return answered_at_; }

  /// Share of its load that a server may have after it was down: ramp_begin .. 1.
  [[nodiscard]] double ramp(time_point now) const noexcept;

 private:
  void prove(time_point now) noexcept;

  defect defect_;
  bool suspect_ = false;
  bool draining_ = false;
  bool ever_answered_ = false;
  bool ramping_ = false;
  unsigned timeouts_ = 0;  ///< in a row
  unsigned proofs_ = 0;
  time_point answered_at_;  ///< or since when it could have answered
  time_point back_at_{};
};

}  // namespace repute::core
