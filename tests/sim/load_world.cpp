// SPDX-License-Identifier: Apache-2.0
#include "sim/load_world.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace repute::sim {
namespace {

constexpr micros shed_after = 5000;  ///< as the server: who waited longer is told BUSY
constexpr micros shed_cost = 4;
constexpr double queue_weight = 0.05;
constexpr micros busy_retry_after = 1;

}  // namespace

/// Where a client's policy leaves what it wants done.
struct load_world::client_port : actions {
  client_port(load_world& to, std::uint32_t which) : world(to), number(which) {}

  void send(std::size_t server, std::uint64_t token, bool retry) override {
    world.report_.sends.push_back({world.now_, static_cast<std::uint32_t>(server), retry});
    world.transmit(number, server, token, false);
  }
  void ping(std::size_t server, std::uint64_t token) override {
    ++world.report_.pings;
    world.transmit(number, server, token, true);
  }
  void complete(std::uint64_t lookup, bool answered) override {
    lookup_record& it = world.report_.lookups.at(lookup - 1);
    it.took = world.now_ - it.begun;
    it.answered = answered;
    --world.pending_;
  }

  load_world& world;
  std::uint32_t number;
};

std::uint64_t load_report::failed(micros from, micros to) const {
  return static_cast<std::uint64_t>(std::ranges::count_if(lookups, [&](const lookup_record& it) {
    return it.begun >= from && it.begun < to && !it.answered;
  }));
}

micros load_report::quantile(double share, micros from, micros to) const {
  std::vector<micros> times;
  for (const lookup_record& it : lookups) {
    if (it.begun >= from && it.begun < to) {
      times.push_back(it.took);
    }
  }
  if (times.empty()) {
    return 0;
  }
  const auto last = static_cast<double>(times.size() - 1);
  const auto place = times.begin() + static_cast<std::ptrdiff_t>(last * share);
  std::ranges::nth_element(times, place);
  return *place;
}

double load_report::sends_per_lookup(micros from, micros to) const {
  const auto inside = [&](micros at) { return at >= from && at < to; };
  const auto asked =
      std::ranges::count_if(lookups, inside, [](const lookup_record& it) { return it.begun; });
  const auto sent = std::ranges::count_if(sends, inside, &send_record::at);
  return asked == 0 ? 0 : static_cast<double>(sent) / static_cast<double>(asked);
}

double load_report::share(std::size_t server, micros from, micros to) const {
  double all = 0;
  double there = 0;
  for (const send_record& it : sends) {
    if (it.at >= from && it.at < to && !it.retry) {
      all += 1;
      there += it.server == server ? 1 : 0;
    }
  }
  return all == 0 ? 0 : there / all;
}

load_world::load_world(const load_setup& setup, const make_policy& make)
    : setup_(setup), random_(setup.seed) {
  for (const server_model& model : setup.servers) {
    servers_.push_back({.model = model, .waiting = {}});
  }
  clients_.resize(setup.clients);
  for (std::uint32_t i = 0; i < setup.clients; ++i) {
    clients_[i].port = std::make_unique<client_port>(*this, i);
    clients_[i].made = make(*clients_[i].port, setup.servers.size(), setup.seed * 1000 + i);
  }
}

load_world::~load_world() = default;

void load_world::at(micros when, std::function<void()> what) {
  events_.push({when, ++order_, std::move(what)});
}

void load_world::kill(std::size_t server, bool refusing) {
  server_state& it = servers_.at(server);
  it.alive = false;
  it.refusing = refusing;
  it.waiting.clear();
  it.busy_workers = 0;
  ++it.life;
}

void load_world::revive(std::size_t server) {
  server_state& it = servers_.at(server);
  it = {.model = it.model, .waiting = {}, .life = it.life + 1};
}

void load_world::set_slowness(std::size_t server, double factor) {
  servers_.at(server).slowness = factor;
}

void load_world::set_draining(std::size_t server, bool draining) {
  servers_.at(server).draining = draining;
}

const load_report& load_world::run() {
  for (std::uint32_t i = 0; i < clients_.size(); ++i) {
    arm(i);
    at(exponential(1e6 / (setup_.lookups_per_s / static_cast<double>(setup_.clients))),
       [this, i] { next_lookup(i); });
  }
  while (!events_.empty() && (now_ < setup_.end || pending_ > 0)) {
    event next = events_.top();
    events_.pop();
    now_ = std::max(now_, next.at);
    next.run();
  }
  return report_;
}

micros load_world::exponential(double mean) {
  return static_cast<micros>(std::exponential_distribution<double>(1 / mean)(random_));
}

bool load_world::lost() {
  return loss_ > 0 && std::uniform_real_distribution<double>(0, 1)(random_) < loss_;
}

void load_world::next_lookup(std::uint32_t client) {
  if (now_ >= setup_.end) {
    return;
  }
  const double rate = load_ * setup_.lookups_per_s / static_cast<double>(setup_.clients);
  at(now_ + exponential(1e6 / rate), [this, client] { next_lookup(client); });
  if (now_ < stopped_until_) {
    return;  // the caller is part of the process that stands still
  }
  report_.lookups.push_back({.begun = now_});
  ++pending_;
  clients_[client].made->on_lookup(report_.lookups.size(), now_, now_ + setup_.deadline);
  arm(client);
}

void load_world::transmit(std::uint32_t client, std::size_t server, std::uint64_t token,
                          bool ping) {
  if (!lost()) {
    const micros there = servers_[server].model.round_trip / 2;
    at(now_ + there, [this, server, asked = request{client, token, ping, now_ + there}] {
      arrive(server, asked);
    });
  }
}

void load_world::arrive(std::size_t server, request asked) {
  server_state& it = servers_[server];
  if (!it.alive) {
    if (it.refusing) {
      at(now_ + it.model.round_trip / 2, [this, server, asked] {
        to_client(asked.client, [this, server, asked] {
          clients_[asked.client].made->on_refused(server, asked.token, now_);
        });
      });
    }
    return;
  }
  // The socket's buffer holds about as much as can be served in the time that anyone may wait.
  const auto room = static_cast<std::size_t>(shed_after * it.model.workers / it.model.service);
  if (it.waiting.size() < room) {
    it.waiting.push_back(asked);
    work(server);
  }
}

void load_world::work(std::size_t server) {
  server_state& it = servers_[server];
  while (it.busy_workers < it.model.workers && !it.waiting.empty()) {
    const request taken = it.waiting.front();
    it.waiting.pop_front();
    const micros waited = now_ - taken.arrived;
    it.queue_ewma += queue_weight * (static_cast<double>(waited) - it.queue_ewma);
    told status{.queue = static_cast<micros>(it.queue_ewma), .draining = it.draining};
    micros takes = shed_cost;
    if (waited > shed_after) {
      status.what = told::result::busy;
      status.retry_after = busy_retry_after;
    } else {
      takes = exponential(static_cast<double>(it.model.service) * it.slowness);
    }
    ++it.busy_workers;
    at(now_ + takes, [this, server, taken, status, life = it.life] {
      if (servers_[server].life == life) {
        --servers_[server].busy_workers;
        reply(server, taken, status);
        work(server);
      }
    });
  }
}

void load_world::reply(std::size_t server, const request& to, const told& status) {
  if (lost()) {
    return;
  }
  at(now_ + servers_[server].model.round_trip / 2, [this, server, to, status] {
    to_client(to.client, [this, server, to, status] {
      clients_[to.client].made->on_answer(server, to.token, status, now_);
    });
  });
}

void load_world::to_client(std::uint32_t client, std::function<void()> what) {
  if (now_ < stopped_until_) {
    if (clients_[client].inbox.empty()) {
      at(stopped_until_, [this, client] {
        for (const auto& waited : std::exchange(clients_[client].inbox, {})) {
          waited();
        }
        arm(client);
      });
    }
    clients_[client].inbox.push_back(std::move(what));
    return;
  }
  what();
  arm(client);
}

void load_world::arm(std::uint32_t client) {
  client_state& it = clients_[client];
  const auto next = it.made->next_timer();
  if (next && (!it.armed || *next < *it.armed)) {
    it.armed = next;
    at(std::max(*next, now_), [this, client, when = *next] { timer_fired(client, when); });
  }
}

void load_world::timer_fired(std::uint32_t client, micros when) {
  client_state& it = clients_[client];
  if (now_ < stopped_until_) {
    return at(stopped_until_, [this, client, when] { timer_fired(client, when); });
  }
  if (it.armed == when) {
    it.armed.reset();
  }
  it.made->on_time(now_);
  arm(client);
}

}  // namespace repute::sim
