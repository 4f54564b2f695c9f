// SPDX-License-Identifier: Apache-2.0
// One client, a few servers and the network between them, run by a clock that jumps from event to
// event.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/lookup_core.hpp"
#include "query/query_core.hpp"
#include "sim/lossy_link.hpp"
#include "sim/wiretap.hpp"
#include "unit/query/memory_store.hpp"

namespace repute::sim {

/// Something that happens to a server, or to the client, at some time.
struct fault {
  enum class kind {
    die,             ///< without a sound
    die_refusing,    ///< the network says that nobody is there
    revive,          ///< also ends all that follows
    slow,            ///< answers `length` later
    stall,           ///< answers nothing for `length`, then all that came meanwhile
    drain,           ///< says that it is about to stop
    overload,        ///< one of `length` (microseconds, as a number) datagrams waited too long
    lose_snapshot,   ///< LOADING
    refuse_clients,  ///< REFUSED
    stop_client,     ///< the client's process does not run for `length`
    end_session,     ///< drops all of the session that it is asked in then
    jump_clock,      ///< the client's clock leaps ahead by `length`
  };
  microseconds at{0};
  kind what = kind::die;
  std::size_t server = 0;
  microseconds length{0};
};

/// A story to simulate. Everything random in it comes from `seed`.
struct scenario {
  std::uint64_t seed = 0;
  sim::weather weather;
  std::size_t servers = 2;
  std::size_t sockets = 1;  ///< to each server
  bool sealed = false;
  std::uint64_t hours_behind = 0;  ///< the client's clock on the wall
  int lookups = 20;
  std::size_t keys_max = 4;    ///< of a lookup
  double repeats = 0;          ///< share of lookups that ask what the one before asked
  std::size_t cache_keys = 0;  ///< of the client
  microseconds between{2000};  ///< mean time from one lookup to the next
  microseconds deadline{500000};
  double overload = 0;  ///< share of datagrams that waited too long in a server
  std::vector<fault> faults;
};

struct outcome {
  int answered = 0;
  int failed = 0;
  unsigned sends = 0;               ///< queries, pings not counted
  std::size_t questions = 0;        ///< datagrams that a world without loss would need
  std::vector<std::string> broken;  ///< rules that did not hold, as sentences
};

/// Runs until every lookup has completed.
class world {
 public:
  world(const scenario& story, const test::memory_store& store);
  [[nodiscard]] outcome run();

 private:
  struct pending {
    std::vector<key> keys;
    core::time_point deadline;
    bool completed = false;
  };
  /// What befalls a server at the moment.
  struct condition {
    bool alive = true;
    bool refuses = false;
    bool draining = false;
    bool loading = false;
    bool hostile = false;
    bool ends_session = false;               ///< that of the next question
    std::optional<std::uint64_t> ended_sid;  ///< used up
    double overload = 0;
    microseconds late{0};
    microseconds stalled_until{0};
  };

  /// The client's clock, which may be ahead of the world's.
  [[nodiscard]] core::time_point clock() const { return core::time_point{} + now_ + leap_; }
  [[nodiscard]] bool client_runs() const { return now_ >= stopped_until_; }
  [[nodiscard]] std::optional<microseconds> next_event();
  [[nodiscard]] std::optional<microseconds> client_timer();
  [[nodiscard]] std::vector<key> random_keys();
  [[nodiscard]] bool happens(double share);
  [[nodiscard]] bool used_up(condition& server, byte_view question) const;

  void step(microseconds to);
  void wake_client();
  void begin(const fault& it);
  void submit_next();
  void deliver(parcel arrived);
  void serve(const parcel& question);
  [[nodiscard]] std::vector<std::uint8_t> plain_of(byte_view datagram, bool to_server) const;
  void answer_ok_or_not(const parcel& question, const query::reply& reply);
  void feed(const core::event& event);
  void check(const core::complete_lookup& done);
  void check_answers(const core::complete_lookup& done, const pending& asked);
  void broken(core::lookup_id id, const std::string& rule);

  scenario story_;
  const test::memory_store& store_;
  std::mt19937_64 random_;
  lossy_link link_;
  query::reject_limiter limiter_;
  std::vector<std::unique_ptr<query::query_core>> servers_;
  std::vector<condition> conditions_;
  wiretap tap_;
  query::access_list access_;
  core::lookup_core client_;

  microseconds now_{0};
  microseconds leap_{0};
  microseconds stopped_until_{0};
  microseconds next_submission_{0};
  core::time_point ran_at_;      ///< when the client ran last, before the instant at hand
  core::time_point running_at_;  ///< the instant at hand, if it runs
  std::vector<parcel> inbox_;    ///< what waits in the sockets of a stopped client
  std::size_t next_fault_ = 0;
  core::lookup_id last_id_ = 0;
  std::size_t waiting_ = 0;
  std::vector<key> last_keys_;
  std::unordered_map<core::lookup_id, pending> lookups_;
  std::set<std::string> answered_;  ///< keys in OK answers that servers gave
  outcome outcome_;
};

}  // namespace repute::sim
