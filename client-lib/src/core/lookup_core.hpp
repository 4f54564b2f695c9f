// SPDX-License-Identifier: Apache-2.0
// The client without sockets and clocks: events in, actions out. The shell in client.cpp does what
// the actions say; tests and the simulation drive it by hand.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/answer_cache.hpp"
#include "core/events.hpp"
#include "core/fleet.hpp"
#include "core/request_table.hpp"
#include "core/retry_budget.hpp"

namespace repute::core {

/// Least wait after the first BUSY when there is nobody else to ask; four times as long each time.
inline constexpr microseconds busy_backoff{5000};
inline constexpr unsigned sends_max = 5;  ///< of one datagram's question, retries included

/// Not thread-safe. Every lookup completes exactly once, at the latest by the first event at or
/// after its deadline, unless it is cancelled. With the same settings, events and times it does the
/// same.
class lookup_core {
 public:
  explicit lookup_core(core_settings settings);
  lookup_core(const lookup_core&) = delete;
  lookup_core& operator=(const lookup_core&) = delete;

  /// What to do now. Actions stay valid, and may be moved from, until the next call. `now` never
  /// goes backwards from call to call. The first event is a servers_replaced with 1 ..
  /// client_servers_max servers.
  [[nodiscard]] std::span<action> resume(event e, time_point now);

  /// When time_passed is due, unless another event comes first.
  [[nodiscard]] std::optional<time_point> next_timer();

  [[nodiscard]] std::vector<server_report> report(time_point now) { return fleet_.report(now); }

 private:
  void on(lookup_submitted& e);
  void on(const ping_submitted& e);
  void on(const datagram_received& e);
  void on(const send_refused& e);
  void on(const lookup_cancelled& e);
  void on(const servers_replaced& e);
  void on(const list_adopted& e) { fleet_.list_adopted(e.version); }
  void on(const time_passed& e);

  /// Fills what the cache has and returns the keys that are left to ask, each once.
  [[nodiscard]] std::vector<key> plan(std::vector<key> keys, lookup& l);
  void ask_all(inquiry& i);
  void send(question& q, std::size_t server);
  void retry(question& q);
  void wait_for_busy(question& q);
  void try_another(question& q, errc failure);
  void lost_attempts(std::span<const question_id> hit);
  void timer_fired(question& q);
  void answered(question& q, const arrival& got);
  void accept(question& q, const wire::answer_view& view);
  void remember(const inquiry& i, const question& q, const wire::answer_view& view);
  [[nodiscard]] microseconds patience(const question& q, std::size_t server) const;

  void reject(lookup_id id, errc error);
  /// Completes all lookups that wait for the inquiry, which is gone then.
  void finish(inquiry_id id, std::optional<errc> error);
  void complete(lookup_id id, std::optional<errc> error);

  core_settings settings_;
  std::vector<action> actions_;
  fleet fleet_;
  request_table table_;
  answer_cache cache_;
  retry_budget budget_;
  time_point now_;  ///< of the event at hand
};

}  // namespace repute::core
