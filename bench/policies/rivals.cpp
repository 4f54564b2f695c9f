// SPDX-License-Identifier: Apache-2.0
#include "policies/rivals.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <set>
#include <unordered_map>
#include <utility>

#include "sim/core_policy.hpp"

namespace repute::bench {
namespace {

using sim::actions;
using sim::micros;
using sim::told;

constexpr micros ms = 1000;
constexpr micros second = 1000 * ms;

/// What all rivals share: lookups with attempts that are answered, time out and are repeated.
class rival : public sim::policy {
 public:
  rival(actions& out, std::size_t servers, std::uint64_t seed)
      : random_(seed), servers_(servers), out_(out), token_(seed << 32) {}

  void on_lookup(std::uint64_t lookup, micros now, micros deadline) override {
    lookups_[lookup].deadline = deadline;
    timers_.insert({deadline, lookup, 0});
    if (may_ask(now)) {
      ask(lookup, now);
    }
  }

  void on_answer(std::size_t server, std::uint64_t token, const told& status, micros now) override {
    const auto node = attempts_.extract(token);
    if (node.empty()) {
      return;
    }
    const attempt done = node.mapped();
    --pending_[server];
    if (status.what == told::result::busy) {
      return try_again(done.lookup, now);
    }
    on_sample(server, now - done.sent_at, now);
    if (lookups_.erase(done.lookup) > 0) {
      out_.complete(done.lookup, true);
    }
  }

  void on_refused(std::size_t server, std::uint64_t token, micros now) override {
    if (const auto node = attempts_.extract(token)) {
      --pending_[server];
      on_failure(server, now - node.mapped().sent_at, now);
      try_again(node.mapped().lookup, now);
    }
  }

  void on_time(micros now) override {
    while (!timers_.empty() && timers_.begin()->at <= now) {
      const timer fired = *timers_.begin();
      timers_.erase(timers_.begin());
      if (fired.token == 0) {
        expire(fired.lookup, now);
      } else if (const auto late = attempts_.find(fired.token); late != attempts_.end()) {
        on_timeout(late->second.server, now);
        try_again(fired.lookup, now);
      }
    }
  }

  [[nodiscard]] std::optional<micros> next_timer() override {
    return timers_.empty() ? std::nullopt : std::optional{timers_.begin()->at};
  }

 protected:
  struct server_state {
    double srtt = 0;  ///< microseconds, 0 = not measured
    double var = 0;
    double peak = 0;
    micros sampled_at = 0;
    unsigned timeouts = 0;  ///< in a row
    micros rested_until = 0;
    micros backoff = 0;
  };

  [[nodiscard]] virtual std::size_t choose(const std::vector<std::size_t>& tried, micros now) = 0;
  [[nodiscard]] virtual micros wait_for(std::size_t server, unsigned sends) = 0;
  virtual void on_sample(std::size_t server, micros rtt, micros now) = 0;
  virtual void on_timeout(std::size_t server, micros now) = 0;
  /// The network said that nobody is there, after so long.
  virtual void on_failure(std::size_t server, micros, micros now) { on_timeout(server, now); }
  [[nodiscard]] virtual bool may_ask(micros) { return true; }
  virtual void on_expired(micros) {}

  [[nodiscard]] std::size_t any() { return static_cast<std::size_t>(random_() % servers_.size()); }
  [[nodiscard]] double uniform() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  /// One at random outside `tried`, if there is any.
  [[nodiscard]] std::size_t any_but(const std::vector<std::size_t>& tried) {
    for (int i = 0; i < 20; ++i) {
      if (const std::size_t it = any(); std::ranges::find(tried, it) == tried.end()) {
        return it;
      }
    }
    return any();
  }
  template <class Cost>
  [[nodiscard]] std::size_t cheapest_but(const std::vector<std::size_t>& tried, const Cost& cost) {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < servers_.size(); ++i) {
      const bool again = std::ranges::find(tried, i) != tried.end();
      if (!again && (!best || cost(i) < cost(*best))) {
        best = i;
      }
    }
    return best ? *best : any();
  }
  void smooth(std::size_t server, micros rtt, double keep) {
    double& srtt = servers_[server].srtt;
    srtt =
        srtt == 0 ? static_cast<double>(rtt) : keep * srtt + (1 - keep) * static_cast<double>(rtt);
  }

  std::mt19937_64 random_;
  std::vector<server_state> servers_;
  std::unordered_map<std::size_t, int> pending_;
  static constexpr unsigned tries = 4;

 private:
  struct attempt {
    std::uint64_t lookup = 0;
    std::size_t server = 0;
    micros sent_at = 0;
  };
  struct lookup_state {
    micros deadline = 0;
    std::vector<std::size_t> tried;
  };
  struct timer {
    micros at = 0;
    std::uint64_t lookup = 0;
    std::uint64_t token = 0;  ///< 0: the lookup's deadline
    auto operator<=>(const timer&) const = default;
  };

  void ask(std::uint64_t lookup, micros now) {
    lookup_state& it = lookups_.at(lookup);
    const std::size_t server = choose(it.tried, now);
    const bool retry = !it.tried.empty();
    it.tried.push_back(server);
    attempts_[++token_] = {lookup, server, now};
    ++pending_[server];
    const auto sends = static_cast<unsigned>(it.tried.size());
    timers_.insert({now + wait_for(server, sends), lookup, token_});
    out_.send(server, token_, retry);
  }

  void try_again(std::uint64_t lookup, micros now) {
    const auto it = lookups_.find(lookup);
    if (it != lookups_.end() && it->second.tried.size() < tries && now < it->second.deadline) {
      ask(lookup, now);
    }
  }

  void expire(std::uint64_t lookup, micros now) {
    if (lookups_.erase(lookup) > 0) {
      on_expired(now);
      out_.complete(lookup, false);
    }
  }

  actions& out_;
  std::uint64_t token_;
  std::unordered_map<std::uint64_t, attempt> attempts_;
  std::unordered_map<std::uint64_t, lookup_state> lookups_;
  std::set<timer> timers_;
};

/// Any server, and after 50 ms any other.
class random_choice final : public rival {
 public:
  using rival::rival;

 private:
  std::size_t choose(const std::vector<std::size_t>& tried, micros) override {
    return any_but(tried);
  }
  micros wait_for(std::size_t, unsigned) override { return 50 * ms; }
  void on_sample(std::size_t, micros, micros) override {}
  void on_timeout(std::size_t, micros) override {}
};

/// Resolvers' classic: the lowest smoothed time; a timeout makes it much worse, and what is not
/// asked gets a little better each second, until it is tried again.
class lowest_srtt final : public rival {
 public:
  using rival::rival;

 private:
  std::size_t choose(const std::vector<std::size_t>& tried, micros now) override {
    for (server_state& it : servers_) {
      for (; it.sampled_at + second <= now; it.sampled_at += second) {
        it.srtt *= 0.98;
      }
    }
    return cheapest_but(tried, [this](std::size_t i) { return servers_[i].srtt; });
  }
  micros wait_for(std::size_t, unsigned) override { return 50 * ms; }
  void on_sample(std::size_t server, micros rtt, micros now) override {
    smooth(server, rtt, 0.7);
    servers_[server].sampled_at = now;
  }
  void on_timeout(std::size_t server, micros now) override {
    servers_[server].srtt += uniform() * second;
    servers_[server].sampled_at = now;
  }
};

/// As Unbound: any of those within 400 ms of the best; an unanswered question doubles a server's
/// timeout, and beyond 12 s only one probe at a time goes there.
class unbound_band final : public rival {
 public:
  unbound_band(actions& out, std::size_t servers, std::uint64_t seed)
      : rival(out, servers, seed), rto_(servers, 376 * ms) {}

 private:
  std::size_t choose(const std::vector<std::size_t>& tried, micros now) override {
    const micros best = *std::ranges::min_element(rto_);
    std::vector<std::size_t> band;
    for (std::size_t i = 0; i < rto_.size(); ++i) {
      const bool again = std::ranges::find(tried, i) != tried.end();
      const bool resting = rto_[i] > 12 * second && now < servers_[i].rested_until;
      if (!again && !resting && rto_[i] <= best + 400 * ms) {
        band.push_back(i);
      }
    }
    return band.empty() ? any_but(tried) : band[random_() % band.size()];
  }
  micros wait_for(std::size_t server, unsigned) override { return rto_[server]; }
  void on_sample(std::size_t server, micros rtt, micros) override {
    server_state& it = servers_[server];
    const double error = std::abs(it.srtt - static_cast<double>(rtt));
    it.var = it.srtt == 0 ? static_cast<double>(rtt) / 2 : 0.75 * it.var + 0.25 * error;
    smooth(server, rtt, 0.875);
    rto_[server] =
        std::clamp<micros>(static_cast<micros>(it.srtt + 4 * it.var), 50 * ms, 120 * second);
  }
  void on_timeout(std::size_t server, micros now) override {
    rto_[server] = std::min<micros>(rto_[server] * 2, 120 * second);
    servers_[server].rested_until = now + rto_[server];
  }

  std::vector<micros> rto_;
};

/// The better of two at random, by a peak that fades over 10 s times what is on its way. A refusal
/// counts as the fast answer that it is.
class peak_ewma final : public rival {
 public:
  using rival::rival;

 private:
  std::size_t choose(const std::vector<std::size_t>& tried, micros now) override {
    const std::size_t a = any_but(tried);
    const std::size_t b = any_but(tried);
    return cost(a, now) <= cost(b, now) ? a : b;
  }
  [[nodiscard]] double cost(std::size_t server, micros now) {
    const server_state& it = servers_[server];
    const double faded = it.peak * decay(now - it.sampled_at);
    return (it.peak == 0 ? 1000 : std::max(faded, 1.0)) * (pending_[server] + 1);
  }
  [[nodiscard]] static double decay(micros age) {
    return std::exp(-static_cast<double>(age) / (10.0 * second));
  }
  micros wait_for(std::size_t, unsigned) override { return 50 * ms; }
  void on_sample(std::size_t server, micros rtt, micros now) override {
    server_state& it = servers_[server];
    const double kept = decay(now - it.sampled_at);
    const auto value = static_cast<double>(rtt);
    it.peak = std::max(value, it.peak * kept + value * (1 - kept));
    it.sampled_at = now;
  }
  void on_timeout(std::size_t server, micros now) override { on_sample(server, 50 * ms, now); }
  void on_failure(std::size_t server, micros after, micros now) override {
    on_sample(server, after, now);
  }
};

/// As DCC: the nearest server until it fails; at least 250 ms of patience, questions repeated to
/// the same server, and after a failure the next one, or a rest when all have failed.
class dcc_like final : public rival {
 public:
  using rival::rival;

 private:
  std::size_t choose(const std::vector<std::size_t>& tried, micros) override {
    if (measured_ < servers_.size()) {
      return measured_++;
    }
    return tried.empty() ? current() : tried.back();
  }
  [[nodiscard]] std::size_t current() {
    const auto cost = [this](std::size_t i) {
      return servers_[i].srtt + 1e9 * servers_[i].timeouts;
    };
    return cheapest_but({}, cost);
  }
  micros wait_for(std::size_t server, unsigned) override {
    return std::max<micros>(250 * ms, static_cast<micros>(2 * servers_[server].srtt));
  }
  void on_sample(std::size_t server, micros rtt, micros) override {
    smooth(server, rtt, 0.9);
    servers_[server].timeouts = 0;
  }
  void on_timeout(std::size_t server, micros) override { ++servers_[server].timeouts; }
  [[nodiscard]] bool may_ask(micros now) override { return now >= rests_until_; }
  void on_expired(micros now) override {
    const auto failed = [](const server_state& it) { return it.timeouts > 0; };
    if (now >= rests_until_ && std::ranges::all_of(servers_, failed)) {
      rests_until_ = now + 32 * second;
    }
  }

  std::size_t measured_ = 0;
  micros rests_until_ = 0;
};

template <class Policy>
std::unique_ptr<sim::policy> make_one(actions& out, std::size_t servers, std::uint64_t seed) {
  return std::make_unique<Policy>(out, servers, seed);
}

}  // namespace

const std::vector<contender>& contenders() {
  static const std::vector<contender> all{
      {"random", "any server; another after 50 ms", make_one<random_choice>},
      {"lowest SRTT", "the smallest smoothed time; another after 50 ms", make_one<lowest_srtt>},
      {"Unbound band", "any within 400 ms of the best; at least 50 ms of patience",
       make_one<unbound_band>},
      {"P2C peak-EWMA", "the better of two by fading peak and what is on its way; 50 ms",
       make_one<peak_ewma>},
      {"DCC-like", "the nearest until it fails; at least 250 ms, the same server again",
       make_one<dcc_like>},
      {"Repute", "this library's core", sim::make_core_policy},
  };
  return all;
}

}  // namespace repute::bench
