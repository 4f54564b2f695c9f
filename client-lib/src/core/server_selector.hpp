// SPDX-License-Identifier: Apache-2.0
// Which server is asked. All knowledge about servers lives here, behind six functions, so that a
// better choice changes this class and nothing else.
#pragma once

#include <bitset>
#include <chrono>
#include <cstddef>
#include <optional>
#include <random>
#include <vector>

#include "core/rtt_estimator.hpp"
#include "repute/client/types.hpp"

namespace repute::core {

using time_point = std::chrono::steady_clock::time_point;
using server_set = std::bitset<client_servers_max>;

/// The rule in force: the server with the lowest smoothed response time plus told queue delay. A
/// server that left an attempt unanswered, refused it or answered with an error is suspect until it
/// answers well, and is asked only when nobody else is left.
///
/// Exploration is minimal: whoever was not asked for two seconds gets the next lookup's first
/// attempt. So a lookup in two seconds per server is slower than it could be, by one RTO if that
/// server is dead. There are no background pings, no weights among servers of equal speed and no
/// ramp for a server that comes back; load therefore goes to one server at a time.
class server_selector {
 public:
  /// 1 .. client_servers_max servers.
  explicit server_selector(std::size_t servers);

  /// The server to ask next: outside `tried` if possible. Nothing if all asked to be left alone
  /// now.
  [[nodiscard]] std::optional<std::size_t> pick(const server_set& tried, time_point now,
                                                std::mt19937_64& random) const;
  /// How long to wait for this server before asking another one.
  [[nodiscard]] microseconds rto(std::size_t server) const noexcept;
  /// When the first of the busy servers may be asked again; `now` if none is busy.
  [[nodiscard]] time_point free_at(time_point now) const noexcept;

  void on_sent(std::size_t server, time_point now) noexcept;
  /// Any answer that was waited for, late ones included. Only rcode OK gives a response time
  /// sample: a server that fails fast must not look fast.
  void on_answer(std::size_t server, time_point now, microseconds rtt,
                 const wire::server_status& status) noexcept;
  void on_timeout(std::size_t server) noexcept { servers_[server].suspect = true; }
  /// The network said that nobody is there, or the server's data cannot be used.
  void on_refused(std::size_t server) noexcept { servers_[server].suspect = true; }

 private:
  struct server_state {
    rtt_estimator rtt;
    microseconds qdelay{0};
    bool suspect = false;
    time_point busy_until{};
    std::optional<time_point> asked_at;
  };

  [[nodiscard]] std::vector<std::size_t> not_asked_lately(time_point now) const;
  /// Lower is better: suspicion first, then response time.
  [[nodiscard]] static bool better(const server_state& a, const server_state& b) noexcept;

  std::vector<server_state> servers_;
};

}  // namespace repute::core
