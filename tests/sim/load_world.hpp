// SPDX-License-Identifier: Apache-2.0
// Servers with queues, clients that ask them at random times, and the time that all of it takes.
// Nothing is said about verdicts here: client_server_sim.cpp has those. Which server is asked and
// how often is up to a policy, so that ours can be compared with others.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <random>
#include <vector>

namespace repute::sim {

/// Microseconds since the world began.
using micros = std::int64_t;

/// What a server says beside its answers.
struct told {
  enum class result { ok, busy } what = result::ok;
  micros queue = 0;        ///< how long requests wait there
  micros retry_after = 0;  ///< of a busy one
  bool draining = false;
};

/// What a policy may do. Tokens name sends; a policy chooses them, each once.
class actions {
 public:
  virtual ~actions() = default;
  virtual void send(std::size_t server, std::uint64_t token, bool retry) = 0;
  virtual void ping(std::size_t server, std::uint64_t token) = 0;
  virtual void complete(std::uint64_t lookup, bool answered) = 0;
};

/// One client under some policy. Lookups have numbers of their own and end by their deadline.
class policy {
 public:
  virtual ~policy() = default;
  virtual void on_lookup(std::uint64_t lookup, micros now, micros deadline) = 0;
  virtual void on_answer(std::size_t server, std::uint64_t token, const told& status,
                         micros now) = 0;
  /// The network says that nobody listens there.
  virtual void on_refused(std::size_t server, std::uint64_t token, micros now) = 0;
  virtual void on_time(micros now) = 0;
  [[nodiscard]] virtual std::optional<micros> next_timer() = 0;
};
using make_policy =
    std::function<std::unique_ptr<policy>(actions& out, std::size_t servers, std::uint64_t seed)>;

struct server_model {
  micros round_trip = 120;  ///< on the wire, both ways
  unsigned workers = 2;
  micros service = 200;  ///< mean time for one request, distributed exponentially
};

struct load_setup {
  std::uint64_t seed = 1;
  std::vector<server_model> servers{{.round_trip = 120}, {.round_trip = 220}, {.round_trip = 400}};
  std::size_t clients = 8;
  double lookups_per_s = 12000;  ///< of all clients
  micros deadline = 500000;
  micros end = 3000000;  ///< no lookups begin after this
};

/// One lookup as it went.
struct lookup_record {
  micros begun = 0;
  micros took = 0;
  bool answered = false;
};
/// One datagram of a lookup.
struct send_record {
  micros at = 0;
  std::uint32_t server = 0;
  bool retry = false;
};

/// Everything that can be counted afterwards.
struct load_report {
  std::vector<lookup_record> lookups;
  std::vector<send_record> sends;
  std::uint64_t pings = 0;

  [[nodiscard]] std::uint64_t failed(micros from, micros to) const;
  /// The time that this share of lookups begun in between stays below.
  [[nodiscard]] micros quantile(double share, micros from, micros to) const;
  [[nodiscard]] double sends_per_lookup(micros from, micros to) const;
  /// Share of first sends in between that went to this server.
  [[nodiscard]] double share(std::size_t server, micros from, micros to) const;
};

class load_world {
 public:
  load_world(const load_setup& setup, const make_policy& make);
  ~load_world();
  load_world(const load_world&) = delete;
  load_world& operator=(const load_world&) = delete;

  /// Does something at a time, for instance one of the calls below.
  void at(micros when, std::function<void()> what);
  void kill(std::size_t server, bool refusing);
  void revive(std::size_t server);
  void set_slowness(std::size_t server, double factor);
  void set_loss(double share) { loss_ = share; }  ///< of datagrams, each way
  void set_load(double factor) { load_ = factor; }
  void set_draining(std::size_t server, bool draining);
  /// No client runs for so long; what arrives meanwhile waits in their sockets.
  void stop_clients(micros length) { stopped_until_ = now_ + length; }

  [[nodiscard]] const load_report& run();
  [[nodiscard]] policy& client(std::size_t number) { return *clients_.at(number).made; }

 private:
  struct client_port;
  struct request {
    std::uint32_t client = 0;
    std::uint64_t token = 0;
    bool ping = false;
    micros arrived = 0;
  };
  struct server_state {
    server_model model;
    bool alive = true;
    bool refusing = false;
    bool draining = false;
    double slowness = 1;
    unsigned busy_workers = 0;
    double queue_ewma = 0;
    std::deque<request> waiting;
    std::uint64_t life = 0;  ///< what was in service dies with its server
  };
  struct client_state {
    std::unique_ptr<client_port> port;
    std::unique_ptr<policy> made;
    std::vector<std::function<void()>> inbox;
    std::optional<micros> armed;
  };
  struct event {
    micros at = 0;
    std::uint64_t order = 0;
    std::function<void()> run;
    bool operator>(const event& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };

  void transmit(std::uint32_t client, std::size_t server, std::uint64_t token, bool ping);
  void arrive(std::size_t server, request asked);
  void work(std::size_t server);
  void reply(std::size_t server, const request& to, const told& status);
  void to_client(std::uint32_t client, std::function<void()> what);
  void next_lookup(std::uint32_t client);
  void arm(std::uint32_t client);
  void timer_fired(std::uint32_t client, micros when);
  [[nodiscard]] micros exponential(double mean);
  [[nodiscard]] bool lost();

  load_setup setup_;
  std::mt19937_64 random_;
  double loss_ = 0;
  double load_ = 1;
  micros now_ = 0;
  micros stopped_until_ = 0;
  std::uint64_t order_ = 0;
  std::uint64_t pending_ = 0;
  std::vector<server_state> servers_;
  std::vector<client_state> clients_;
  std::priority_queue<event, std::vector<event>, std::greater<>> events_;
  load_report report_;
};

}  // namespace repute::sim
