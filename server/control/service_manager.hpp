// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "net/udp_socket.hpp"

namespace repute::control {

/// Tells the service manager that started this process how it is, by the protocol of sd_notify(3):
/// assignments in datagrams to the Unix socket that $NOTIFY_SOCKET names. Without that variable
/// nothing is told. Ours and not libsystemd's, which would bring its libraries of compression into
/// a process that strangers send to. For one thread, which
/// waits where that is said.
class service_manager {
 public:
  /// Reads $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID. The socket is opened here, before
  /// calls are given up. Throws start_failure(exit_config) for a name that is no socket's, and
  /// start_failure(exit_unavailable) if nobody listens there.
  service_manager();

  /// Questions are answered from now on. Waits until the manager has room for that.
  void ready() const noexcept;
  /// One line that `systemctl status` shows.
  void status(std::string_view line) const;
  /// It goes down, in its own time.
  void stopping() const noexcept;
  /// A sign of life, due within each watchdog_time().
  void alive() const noexcept;

  /// After so much silence the manager ends the process; nothing if it does not watch this one.
  [[nodiscard]] std::optional<std::chrono::microseconds> watchdog_time() const noexcept {
    return watchdog_time_;
  }

 private:
  void tell(std::string_view assignment, int flags) const noexcept;

  net::file_descriptor fd_;
  std::optional<std::chrono::microseconds> watchdog_time_;
};

}  // namespace repute::control
