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
#include "unit/query/memory_store.hpp"

namespace repute::sim {

/// A story to simulate. Everything random in it comes from `seed`.
struct scenario {
  std::uint64_t seed = 0;
  sim::weather weather;
  std::size_t servers = 2;
  int lookups = 20;
  std::size_t keys_max = 4;    ///< of a lookup
  microseconds between{2000};  ///< mean time from one lookup to the next
  microseconds deadline{500000};
  double overload = 0;                   ///< share of datagrams that waited too long in a server
  std::optional<microseconds> death_at;  ///< of server 0, without a sound
  bool refuses_when_dead = false;        ///< the network says so
  std::optional<microseconds> rebirth_at;
};

struct outcome {
  int answered = 0;
  int failed = 0;
  unsigned sends = 0;
  std::size_t questions = 0;        ///< datagrams that a world without loss would need
  std::vector<std::string> broken;  ///< rules that did not hold, as sentences
};

/// Runs until every lookup has completed, and late datagrams have arrived.
class world {
 public:
  world(const scenario& story, const test::memory_store& store);
  [[nodiscard]] outcome run();

 private:
  struct pending {
    std::vector<key> keys;
    microseconds deadline{0};
    bool completed = false;
  };

  [[nodiscard]] core::time_point clock() const { return core::time_point{} + now_; }
  [[nodiscard]] std::optional<microseconds> client_timer() const;
  [[nodiscard]] bool alive(std::size_t server) const;
  [[nodiscard]] std::vector<key> random_keys();

  void submit_next();
  void deliver(const parcel& arrived);
  void serve(const parcel& question);
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
  core::lookup_core client_;

  microseconds now_{0};
  microseconds next_submission_{0};
  core::lookup_id last_id_ = 0;
  std::unordered_map<core::lookup_id, pending> lookups_;
  std::set<std::string> answered_keys_;  ///< key lists of OK answers that were delivered
  outcome outcome_;
};

}  // namespace repute::sim
