// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "control/config.hpp"
#include "net/serving.hpp"
#include "net/worker.hpp"

namespace repute::control {

/// Threads for each listen address that `chosen` asks for.
[[nodiscard]] std::size_t workers_per_address(const config& chosen) noexcept;

/// All workers of the server. Destroying it stops and joins them.
class worker_set {
 public:
  /// Binds every address and starts the threads. `shared` has a reader slot for each worker and
  /// outlives the set. Throws start_failure(exit_unavailable) if an address cannot be bound.
  worker_set(const config& chosen, net::serving& shared);

  /// Addresses as bound, with the ports that the kernel chose for port 0.
  [[nodiscard]] const std::vector<net::socket_address>& addresses() const noexcept {
    return addresses_;
  }
  [[nodiscard]] std::size_t size() const noexcept { return workers_.size(); }

  /// Asks every worker for a sign of life.
  void poke();
  /// Every worker has given the sign that was asked for last.
  [[nodiscard]] bool are_alive() const noexcept;

  using totals = std::array<std::uint64_t, query::counter_count>;
  [[nodiscard]] totals counters() const noexcept;
  /// Datagrams that no worker saw since the kernel had no room for them; those that it had merged
  /// count once. A system call a worker.
  [[nodiscard]] std::uint64_t kernel_drops() const noexcept;

 private:
  std::vector<net::socket_address> addresses_;
  std::vector<std::unique_ptr<net::worker>> workers_;
};

}  // namespace repute::control
