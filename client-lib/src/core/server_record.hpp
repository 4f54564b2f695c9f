// SPDX-License-Identifier: Apache-2.0
// All that the client knows of one server, and what asking it costs.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>

#include "core/peak_latency.hpp"
#include "core/ping_schedule.hpp"
#include "core/rtt_estimator.hpp"
#include "core/server_health.hpp"
#include "core/share_meter.hpp"
#include "core/socket_set.hpp"
#include "repute/schema/message.hpp"

namespace repute::core {

/// A server as it is configured.
struct server_spec {
  std::string name;         ///< its `ADDRESS:PORT` in results; tells servers apart
  microseconds bias{0};     ///< added to what its answers cost
  std::size_t sockets = 1;  ///< 1 .. sockets_max

  bool operator==(const server_spec&) const = default;
};

/// How an answer of a server came about.
struct reception {
  std::size_t socket = 0;
  microseconds rtt{0};
  bool samples = true;          ///< `rtt` says something of the server, not of a stalled client
  bool tested = false;          ///< it was right about test keys
  defect found = defect::none;  ///< what its answers show beside its rcode
};

class server_record {
 public:
  /// A told queue delay fades like this, unless an answer tells it anew.
  static constexpr microseconds queue_tau{100'000};

  server_record(server_spec spec, defect start, time_point now)
      : spec_(std::move(spec)), health_(start, now), sockets_(spec_.sockets), pings_(now) {}

  [[nodiscard]] const server_spec& spec() const noexcept { return spec_; }
  void set_bias(microseconds bias) noexcept { spec_.bias = bias; }
  [[nodiscard]] const rtt_estimator& rtt() const noexcept { return rtt_; }
  [[nodiscard]] const server_health& health() const noexcept { return health_; }
  [[nodiscard]] const socket_set& sockets() const noexcept { return sockets_; }
  [[nodiscard]] socket_set& sockets() noexcept { return sockets_; }
  [[nodiscard]] ping_schedule& pings() noexcept { return pings_; }
  [[nodiscard]] const ping_schedule& pings() const noexcept { return pings_; }
  [[nodiscard]] const share_meter& asked() const noexcept { return asked_; }
  [[nodiscard]] unsigned in_flight() const noexcept { return in_flight_; }
  [[nodiscard]] time_point busy_until() const noexcept { return busy_until_; }
  /// The status block that came last, and when; nothing before the first.
  [[nodiscard]] const std::optional<wire::server_status>& status() const noexcept {
    return status_;
  }
  [[nodiscard]] time_point status_at() const noexcept { return status_at_; }
  [[nodiscard]] const std::optional<wire::snapshot_tlv>& snapshot() const noexcept {
    return snapshot_;
  }
  [[nodiscard]] std::uint64_t sends() const noexcept { return sends_; }
  [[nodiscard]] std::uint64_t answers() const noexcept { return answers_; }
  [[nodiscard]] std::uint64_t timeouts() const noexcept { return timeouts_; }

  /// Microseconds that the next lookup is expected to take there, before any judgement of its data:
  /// smoothed response time, a fading peak, the queue that it told, the configured bias, and half
  /// as much again for each datagram on its way. A server that never answered costs rto_initial.
  [[nodiscard]] double base_cost(time_point now) const noexcept;
  /// The queue delay that it told, faded.
  [[nodiscard]] microseconds queue(time_point now) const noexcept;
  /// How long to wait for its answer.
  [[nodiscard]] microseconds rto(time_point now) const noexcept { return rtt_.rto(queue(now)); }

  /// `first`: the first attempt of a lookup's datagram, neither a retry nor a ping.
  void on_sent(time_point now, bool first) noexcept;
  /// An attempt that was sent is not waited for any more.
  void on_released() noexcept { in_flight_ -= in_flight_ > 0 ? 1u : 0u; }
  void on_answer(const wire::server_status& status, const reception& how, time_point now,
                 std::mt19937_64& random) noexcept;
  void on_snapshot(const wire::snapshot_tlv& told) noexcept { snapshot_ = told; }
  /// True if the socket should get a new port.
  [[nodiscard]] bool on_timeout(std::size_t socket, time_point sent_at, time_point now,
                                std::mt19937_64& random) noexcept;
  void on_refused(time_point now, std::mt19937_64& random) noexcept;
  void settle(time_point now, std::mt19937_64& random) noexcept;

 private:
  void on_ok(const wire::server_status& status, const reception& how, time_point now) noexcept;
  void set_ping_mood(time_point now, std::mt19937_64& random) noexcept;

  server_spec spec_;
  rtt_estimator rtt_;
  peak_latency peak_;
  server_health health_;
  socket_set sockets_;
  ping_schedule pings_;
  share_meter asked_;
  microseconds queue_{0};
  time_point queue_at_{};
  unsigned in_flight_ = 0;
  time_point busy_until_{};
  std::optional<wire::server_status> status_;
  time_point status_at_{};
  std::optional<wire::snapshot_tlv> snapshot_;
  std::uint64_t sends_ = 0;
  std::uint64_t answers_ = 0;
  std::uint64_t timeouts_ = 0;
};

}  // namespace repute::core
