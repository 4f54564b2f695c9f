// SPDX-License-Identifier: Apache-2.0
#include "core/server_record.hpp"

#include <algorithm>

namespace repute::core {
namespace {

constexpr std::chrono::milliseconds retry_after_min{1};
constexpr std::chrono::milliseconds retry_after_max{1000};
constexpr double cost_in_flight = 0.5;

}  // namespace

double server_record::base_cost(time_point now) const noexcept {
  const microseconds usual = rtt_.sampled() ? rtt_.srtt() : rto_initial;
  const double waiting =
      queue_.count() == 0 ? 0
                          : static_cast<double>(queue_.count()) * faded(queue_at_, now, queue_tau);
  const double alone = static_cast<double>((usual + spec_.bias).count()) +
                       (rtt_.sampled() ? peak_.above(usual, now) : 0) + waiting;
  return alone * (1 + cost_in_flight * in_flight_);
}

microseconds server_record::queue(time_point now) const noexcept {
  const double left = static_cast<double>(queue_.count()) * faded(queue_at_, now, queue_tau);
  return microseconds{static_cast<std::int64_t>(left)};
}

void server_record::on_sent(time_point now, bool first) noexcept {
  ++sends_;
  ++in_flight_;
  if (first) {
    asked_.count(now);
  }
}

void server_record::on_answer(const wire::server_status& status, const reception& how,
                              time_point now, std::mt19937_64& random) noexcept {
  ++answers_;
  status_ = status;
  status_at_ = now;
  sockets_.on_answer(how.socket, now);
  queue_ = microseconds{10 * status.qdelay_10us};
  queue_at_ = now;
  health_.set_draining((status.sflags & wire::sflag_drain) != 0);
  const unsigned proofs = health_.proofs();
  switch (status.rcode) {
    case wire::rcode::ok:
      on_ok(status, how, now);
      break;
    case wire::rcode::busy:
      health_.on_busy(now);
      peak_.sample(std::max(queue_, how.rtt), now);
      busy_until_ = now + std::clamp(std::chrono::milliseconds{status.retry_after_ms},
                                     retry_after_min, retry_after_max);
      break;
    case wire::rcode::formerr:
    case wire::rcode::toosmall:
      health_.on_alive(now);  // our fault, not the server's
      break;
    case wire::rcode::loading:
      health_.on_defect(defect::loading, now);
      break;
    default:
      health_.on_defect(defect::failing, now);  // and no sample: who fails fast must not look fast
      break;
  }
  set_ping_mood(now, random);
  if (health_.proofs() > proofs) {
    pings_.start_over(now, random);
  }
}

void server_record::on_ok(const wire::server_status& status, const reception& how,
                          time_point now) noexcept {
  if (how.found != defect::none) {
    health_.on_defect(how.found, now);
    return;
  }
  if (how.samples) {
    rtt_.sample(how.rtt);
    peak_.sample(how.rtt, now);
  }
  if ((status.sflags & wire::sflag_loading) != 0) {
    health_.on_defect(defect::loading, now);
  } else {
    health_.on_good(now, how.tested);
  }
}

bool server_record::on_timeout(std::size_t socket, time_point sent_at, time_point now,
                               std::mt19937_64& random) noexcept {
  ++timeouts_;
  health_.on_timeout(sent_at);
  const bool rebind = sockets_.on_timeout(socket, sent_at, now);
  settle(now, random);
  set_ping_mood(now, random);
  return rebind;
}

void server_record::on_refused(time_point now, std::mt19937_64& random) noexcept {
  health_.on_refused();
  set_ping_mood(now, random);
}

void server_record::settle(time_point now, std::mt19937_64& random) noexcept {
  const bool was_down = health_.down();
  health_.settle(now);
  if (health_.down() != was_down) {
    set_ping_mood(now, random);
  }
}

void server_record::set_ping_mood(time_point now, std::mt19937_64& random) noexcept {
  // Who loads a snapshot says so at once and for long: no hurry, until it has something to show.
  const bool loading = health_.why_down() == defect::loading && health_.proofs() == 0;
  const bool trouble = (health_.down() && !loading) || health_.suspect();
  pings_.set(trouble ? ping_schedule::mood::trouble : ping_schedule::mood::well, now, random);
}

}  // namespace repute::core
