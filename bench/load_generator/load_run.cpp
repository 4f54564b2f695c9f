// SPDX-License-Identifier: Apache-2.0
#include "load_generator/load_run.hpp"

#include <algorithm>

#include "load_generator/clock.hpp"

namespace repute::bench {

namespace {

constexpr std::uint64_t refusal_pause_ns = 10'000'000;
constexpr unsigned stream_id_bits = 64;  // streams tell no number, their order does

std::uint32_t burst_of(std::uint32_t window) noexcept {
  // A burst of the whole window would let the server run dry while it travels.
  return std::clamp<std::uint32_t>(window / 4, 1, load_run::burst_max);
}

}  // namespace

load_run::load_run(protocol& speaks, const load_options& load, std::uint64_t now_ns)
    : speaks_(speaks),
      load_(load),
      ledger_(speaks.id_bits() == 0 ? stream_id_bits : speaks.id_bits()),
      pacer_(std::max<std::uint64_t>(load.rate_per_s, 1), now_ns),
      window_(load.window),
      phase_end_ns_(now_ns + load.warm_up_ns) {}

void load_run::advance(std::uint64_t now_ns) {
  if (phase_ == phase::warming_up) {
    if (load_.at_begin) {
      load_.at_begin();
    }
    // What was due while the meters were read is late for no fault of the server.
    const std::uint64_t begin_ns = monotonic_ns();
    phase_ = phase::measuring;
    phase_end_ns_ = begin_ns + load_.measure_ns;
    last_due_ns_ = phase_end_ns_ - 1;
    ledger_.measure(begin_ns, phase_end_ns_);
    window_.begin_least();
  } else if (phase_ == phase::measuring) {
    if (load_.at_end) {
      load_.at_end();
    }
    phase_ = phase::draining;
    phase_end_ns_ = now_ns + load_.grace_ns;
  }
}

bool load_run::go_on(std::uint64_t now_ns) {
  if (now_ns >= phase_end_ns_) {
    if (phase_ == phase::draining) {
      ledger_.expire(now_ns, 0);
      return false;
    }
    advance(now_ns);
  }
  back_off(now_ns);
  return phase_ != phase::draining || ledger_.outstanding() != 0 || allowed(now_ns) != 0;
}

// A server that answers BUSY is asked too much. The refusals of one stall come as a row: they are
// one event.
void load_run::back_off(std::uint64_t now_ns) noexcept {
  const bool lost = ledger_.expire(now_ns, load_.grace_ns) != 0;
  const bool refused = refused_ && now_ns - backed_off_ns_ >= refusal_pause_ns;
  refused_ = false;
  if (lost || refused) {
    window_.lost();
    backed_off_ns_ = now_ns;
  }
}

std::uint32_t load_run::allowed(std::uint64_t now_ns) const noexcept {
  if (open_loop()) {
    const std::uint64_t due = pacer_.due_by(std::min(now_ns, last_due_ns_));
    const std::uint64_t late = due > made() ? due - made() : 0;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(late, burst_max));
  }
  const std::uint32_t burst = burst_of(window_.size());
  return sending() && window_.room(ledger_.outstanding()) >= burst ? burst : 0;
}

made_request load_run::next(byte_span to, std::uint64_t now_ns) noexcept {
  const std::uint64_t n = made();
  const made_request out = speaks_.make(n, to);
  ledger_.open(n, open_loop() ? pacer_.due_at_ns(n) : now_ns, out);
  return out;
}

void load_run::answered(const judged_reply& reply, std::size_t bytes,
                        std::uint64_t now_ns) noexcept {
  ledger_.close(reply, bytes, now_ns);
  refused_ = refused_ || reply.error;
  window_.answered(1);
}

outcome load_run::take_result() {
  ledger_.result().window_min = open_loop() ? 0 : window_.least();
  return ledger_.result();
}

}  // namespace repute::bench
