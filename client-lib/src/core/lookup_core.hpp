// SPDX-License-Identifier: Apache-2.0
// The client without sockets and clocks: events in, actions out. The shell in client.cpp does what
// the actions say; tests and the simulation drive it by hand.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "core/retry_budget.hpp"
#include "core/server_selector.hpp"
#include "repute/client/error.hpp"
#include "repute/client/types.hpp"
#include "repute/schema/key.hpp"
#include "repute/schema/message.hpp"

namespace repute::core {

/// Name of a lookup or ping, given by the caller, never used twice.
using lookup_id = std::uint64_t;

/// Least wait after the first BUSY when there is nobody else to ask; four times as long each time.
inline constexpr microseconds busy_backoff{5000};
inline constexpr unsigned sends_max = 4;  ///< of one datagram's question, retries included

// Events.
struct lookup_submitted {
  lookup_id id = 0;
  std::span<const key> keys;
  time_point deadline;
};
/// One attempt at one server, which completes with whatever that server says of itself.
struct ping_submitted {
  lookup_id id = 0;
  std::size_t server = 0;
  std::span<const key> canary;  ///< none, or 2 keys
  time_point deadline;
};
struct datagram_received {
  std::size_t server = 0;
  byte_view bytes;
};
struct send_refused {  ///< ICMP said that nobody listens there
  std::size_t server = 0;
};
struct lookup_cancelled {  ///< no completion follows
  lookup_id id = 0;
};
struct time_passed {};
using event = std::variant<lookup_submitted, ping_submitted, datagram_received, send_refused,
                           lookup_cancelled, time_passed>;

// Actions.
struct send_datagram {
  std::size_t server = 0;
  std::vector<std::uint8_t> bytes;
};
struct complete_lookup {
  lookup_id id = 0;
  std::optional<errc> error;  ///< then `result.answers` is empty
  lookup_result result;
};
using action = std::variant<send_datagram, complete_lookup>;

struct core_settings {
  std::vector<std::string> servers;  ///< their names in results; 1 .. client_servers_max
  std::optional<std::array<std::uint8_t, 2>> salt_fp;
  std::uint64_t seed = 0;  ///< of choices among servers

  /// Numbers that nobody can foretell: with a plain server they are all that ties an answer to its
  /// question. Empty: from the seed, for simulations that must replay.
  std::function<std::uint64_t()> req_ids{};
};

/// Not thread-safe. Every lookup completes exactly once, at the latest by the first event at or
/// after its deadline, unless it is cancelled.
class lookup_core {
 public:
  explicit lookup_core(core_settings settings);

  /// What to do now. Actions stay valid, and may be moved from, until the next call. `now` never
  /// goes backwards from call to call.
  [[nodiscard]] std::span<action> resume(const event& e, time_point now);

  /// When time_passed is due, unless another event comes first; nothing while nobody waits.
  [[nodiscard]] std::optional<time_point> next_timer() const;

 private:
  using question_id = std::uint64_t;
  using req_id = std::uint64_t;

  /// What one datagram asks: a share of a lookup's keys.
  struct question {
    question_id id = 0;
    lookup_id lookup = 0;
    std::size_t first = 0;  ///< into lookup::keys
    std::size_t count = 0;
    server_set tried;
    unsigned sends = 0;
    unsigned open = 0;  ///< attempts that may still be answered
    req_id latest = 0;
    std::optional<errc> failure;  ///< of the attempt that failed last
    time_point timer;
  };
  struct lookup {
    std::vector<key> keys;
    std::vector<std::uint32_t> position;
    std::vector<answer> answers;         ///< of `keys`
    std::vector<question_id> questions;  ///< those unanswered
    time_point deadline;
    std::optional<std::size_t> pinged;
    lookup_result result;
  };
  /// A datagram on its way. It outlives its question, so that a late answer still tells of the
  /// server.
  struct attempt {
    question_id question = 0;  ///< 0: nobody waits any more
    std::size_t server = 0;
    std::size_t keys = 0;
    wire::type answer_type = wire::type::answer;
    bool failed = false;  ///< refused: an answer is not expected, but would count
    bool blamed = false;  ///< its timeout was told to the selector
    time_point sent_at;
  };

  void on(const lookup_submitted& e);
  void on(const ping_submitted& e);
  void on(const datagram_received& e);
  void on(const send_refused& e);
  void on(const lookup_cancelled& e);
  void on(const time_passed& e);

  void ask(question& q);
  void send(question& q, std::size_t server);
  void retry(question& q);
  void wait_for_busy(question& q);
  void try_another(question& q, errc failure);
  void try_elsewhere_at_once(question& q);
  void timer_fired(question& q);
  void blame_latest(const question& q);
  void answered(question& q, std::size_t server, microseconds rtt, const wire::answer_view& view);
  void accept(question& q, const wire::answer_view& view);
  [[nodiscard]] bool foreign_salt(const wire::server_status& status) const;
  void set_timer(question& q, time_point at);
  [[nodiscard]] microseconds patience(const question& q, std::size_t server) const;

  void reject(lookup_id id, errc error);
  void fail(lookup_id id, errc error);
  void finish(lookup_id id, std::optional<errc> error);
  void forget(lookup& l);
  void forget_old_attempts();
  [[nodiscard]] req_id fresh_req_id();

  core_settings settings_;
  server_selector selector_;
  retry_budget budget_;
  std::mt19937_64 random_;
  time_point now_;  ///< of the event at hand

  std::unordered_map<lookup_id, lookup> lookups_;
  std::unordered_map<question_id, question> questions_;
  std::unordered_map<req_id, attempt> attempts_;
  std::deque<std::pair<time_point, req_id>> attempt_ages_;  ///< when to forget, oldest first
  std::set<std::pair<time_point, question_id>> timers_;
  question_id last_question_ = 0;
  std::vector<action> actions_;
};

}  // namespace repute::core
