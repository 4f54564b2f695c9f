// SPDX-License-Identifier: Apache-2.0
#include "control/worker_set.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <system_error>
#include <thread>

#include "control/exit_codes.hpp"
#include "control/log.hpp"

namespace repute::control {

namespace {

// The first socket of an address also makes sure that no other server has it.
net::udp_socket open_or_fail(const net::socket_address& address, int receive_buffer, bool first) {
  try {
    if (first) {
      net::require_free(address);
    }
    return net::open_udp_socket(address, receive_buffer);
  } catch (const std::system_error& error) {
    throw start_failure(exit_unavailable, error.what());
  }
}

}  // namespace

std::size_t workers_per_address(const config& chosen) noexcept {
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  return static_cast<std::size_t>(chosen.workers != 0 ? chosen.workers
                                                      : std::min(cores, workers_max));
}

worker_set::worker_set(const config& chosen, net::serving& shared) {
  // All sockets first: a thread must not answer while another address may still fail.
  std::vector<net::udp_socket> sockets;
  for (net::socket_address address : chosen.listen) {
    for (std::size_t i = 0; i < workers_per_address(chosen); ++i) {
      sockets.push_back(open_or_fail(address, chosen.receive_buffer, i == 0));
      address = sockets.back().local;
    }
    addresses_.push_back(address);
  }
  if (const int granted = sockets.front().receive_buffer; granted < chosen.receive_buffer) {
    log_line(
        fmt::format("warning: receive buffers of {} bytes granted, {} asked: raise the sysctl "
                    "net.core.rmem_max",
                    granted, chosen.receive_buffer));
  }
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    workers_.push_back(std::make_unique<net::worker>(
        shared, i, net::make_mmsg_io(std::move(sockets[i]), chosen.merging)));
  }
}

void worker_set::poke() {
  for (const auto& worker : workers_) {
    worker->poke();
  }
}

bool worker_set::are_alive() const noexcept {
  return std::ranges::all_of(workers_, [](const auto& worker) { return worker->is_alive(); });
}

worker_set::totals worker_set::counters() const noexcept {
  totals out{};
  for (const auto& worker : workers_) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] += worker->counters().value(static_cast<query::counter>(i));
    }
  }
  return out;
}

std::uint64_t worker_set::kernel_drops() const noexcept {
  std::uint64_t out = 0;
  for (const auto& worker : workers_) {
    out += worker->kernel_drops();
  }
  return out;
}

}  // namespace repute::control
