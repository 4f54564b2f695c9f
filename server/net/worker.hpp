// SPDX-License-Identifier: Apache-2.0
// One thread that answers one socket. Asio tells when to read; the datagrams move in batches.
#pragma once

#include <cstddef>
#include <memory>

#include "net/datagram_io.hpp"
#include "net/serving.hpp"
#include "query/counters.hpp"

namespace repute::net {

/// Starts its thread when constructed and joins it when destroyed. Everything that the thread needs
/// is allocated by the constructor, which may throw std::system_error or std::bad_alloc.
class worker {
 public:
  /// `number` is this worker's reader number in `shared.states`; `shared` outlives the worker.
  worker(serving& shared, std::size_t number, std::unique_ptr<datagram_io> io);
  ~worker();
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  /// May be read by any thread.
  [[nodiscard]] const query::worker_counters& counters() const noexcept;
  /// Asks the thread for a sign of life; one thread asks. It comes when the batches that it works
  /// on are answered.
  void poke();
  /// The thread has given the sign that was asked for last, or none was.
  [[nodiscard]] bool is_alive() const noexcept;

  /// As datagram_io::kernel_drops().
  [[nodiscard]] std::uint32_t kernel_drops() const noexcept;

 private:
  class loop;
  std::unique_ptr<loop> loop_;
};

}  // namespace repute::net
