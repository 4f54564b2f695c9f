// SPDX-License-Identifier: Apache-2.0
// Which server is asked: one at random among those that cost hardly more than the cheapest.
#pragma once

#include <algorithm>
#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <vector>

#include "core/server_record.hpp"
#include "repute/client/server_report.hpp"
#include "repute/client/types.hpp"

namespace repute::core {

using server_set = std::bitset<client_servers_max>;

/// True if a server of this cost shares the load with the cheapest.
[[nodiscard]] inline bool in_band(double cost, double cheapest) noexcept {
  constexpr double factor = 1.5;
  constexpr double least_us = 100;
  return cost <= std::max(factor * cheapest, cheapest + least_us);
}

/// Keeps a record of each server in a slot of its own; a slot's number stays as long as its server
/// is configured. Not thread-safe.
///
/// The rule: servers that are down or loading are asked only when no other is left. Of the others
/// each has a cost, its base_cost() times 4 if its data is stale, 4 if its snapshot is old, 20 if
/// it left the last question unanswered, 1000 if it is draining. These multiply and do not exclude,
/// so that one fresh server among many stale ones is not drowned. Whoever costs at most 1.5 times
/// as much as the cheapest, or 100 us more, is drawn with a weight of cheapest / cost. A server
/// that has just come back takes part only now and then, more often as time goes by.
class server_selector {
 public:
  server_selector() : slots_(client_servers_max) {}

  struct change {
    std::vector<std::size_t> added;
    std::vector<std::size_t> removed;  ///< their records are gone
  };
  /// Servers are told apart by name: one that stays keeps its record. Those beyond
  /// client_servers_max are left out. `start` is the defect that new ones begin with.
  change replace(std::span<const server_spec> servers, defect start, time_point now);

  [[nodiscard]] bool has(std::size_t slot) const noexcept {
    return slot < slots_.size() && slots_[slot].has_value();
  }
  [[nodiscard]] server_record& at(std::size_t slot) { return slots_.at(slot).value(); }
  [[nodiscard]] const server_record& at(std::size_t slot) const { return slots_.at(slot).value(); }
  /// Slots in use, in the order of configuration.
  [[nodiscard]] std::span<const std::size_t> order() const noexcept { return order_; }

  /// The server to ask next: outside `tried` if possible. Nothing if all that may be asked want to
  /// be left alone now.
  [[nodiscard]] std::optional<std::size_t> pick(const server_set& tried, time_point now,
                                                std::mt19937_64& random);
  /// True if pick() cannot give a server outside `tried`, however long one waits.
  [[nodiscard]] bool exhausted(const server_set& tried) const noexcept;
  /// When the first of the busy servers may be asked again; `now` if none is busy.
  [[nodiscard]] time_point free_at(time_point now) const noexcept;

  /// All servers, in the order of configuration.
  [[nodiscard]] std::vector<server_report> report(time_point now);

 private:
  /// What is normal among the servers that are not down; who is much worse is stale.
  struct norms {
    bool streams = false;  ///< some server follows a live stream
    double age_s = 0;      ///< median age of the data
    double snapshot_minutes = 0;
  };
  struct offer {
    std::size_t slot = 0;
    double cost = 0;
  };

  void settle(time_point now, std::mt19937_64& random);
  void update_norms(time_point now);
  [[nodiscard]] server_set group() const noexcept;
  [[nodiscard]] bool data_is_stale(const server_record& server) const noexcept;
  [[nodiscard]] bool snapshot_is_old(const server_record& server) const noexcept;
  [[nodiscard]] double cost(const server_record& server, time_point now) const noexcept;
  [[nodiscard]] std::size_t draw(const server_set& among, time_point now,
                                 std::mt19937_64& random) const;
  [[nodiscard]] server_tier tier_of(const server_record& server) const noexcept;
  [[nodiscard]] server_report describe(const server_record& server, time_point now) const;
  [[nodiscard]] std::string reason_of(const server_record& server, double price, double cheapest,
                                      time_point now) const;

  std::vector<std::optional<server_record>> slots_;
  std::vector<std::size_t> order_;
  norms norms_;
  std::optional<time_point> norms_at_;
};

}  // namespace repute::core
