// SPDX-License-Identifier: Apache-2.0
#include "core/server_health.hpp"

#include <algorithm>

namespace repute::core {

void server_health::on_alive(time_point now) noexcept {
  answered_at_ = now;
  ever_answered_ = true;
  timeouts_ = 0;
  suspect_ = false;
}

void server_health::on_good(time_point now, bool tested) noexcept {
  on_alive(now);
  if (defect_ != defect::wrong_answers || tested) {
    prove(now);
  }
}

void server_health::on_busy(time_point now) noexcept {
  on_alive(now);
  if (defect_ == defect::silent) {
    prove(now);
  }
}

void server_health::prove(time_point now) noexcept {
  if (down() && ++proofs_ >= proofs_to_return) {
    defect_ = defect::none;
    proofs_ = 0;
    ramping_ = true;
    back_at_ = now;
  }
}

void server_health::on_defect(defect found, time_point now) noexcept {
  on_alive(now);
  defect_ = found;
  proofs_ = 0;
}

void server_health::on_timeout(time_point sent_at) noexcept {
  if (ever_answered_ && answered_at_ >= sent_at) {
    return;  // a lost datagram: it has answered others since
  }
  ++timeouts_;
  suspect_ = true;
  proofs_ = 0;
}

void server_health::on_refused() noexcept {
  // Three of them without an answer: one alone is easily forged.
  ++timeouts_;
  suspect_ = true;
  proofs_ = 0;
}

void server_health::settle(time_point now) noexcept {
  const bool may_be_said = defect_ == defect::none || defect_ == defect::loading;
  if (may_be_said && timeouts_ >= timeouts_to_down && now - answered_at_ >= silence_to_down) {
    defect_ = defect::silent;
  }
}

double server_health::ramp(time_point now) const noexcept {
  if (!ramping_) {
    return 1;
  }
  const std::chrono::duration<double> since = now - back_at_;
  const std::chrono::duration<double> whole = ramp_time;
  return std::min(1.0, ramp_begin + (1 - ramp_begin) * since / whole);
}

}  // namespace repute::core
