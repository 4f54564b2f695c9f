// SPDX-License-Identifier: Apache-2.0
// Exit codes of the daemon, with the numbers of sysexits.h; store::exit_code() gives the store's.
#pragma once

#include <stdexcept>
#include <string>

namespace repute::control {

inline constexpr int exit_usage = 64;
inline constexpr int exit_no_input = 66;     ///< no such database directory
inline constexpr int exit_unavailable = 69;  ///< an address cannot be bound
inline constexpr int exit_io = 74;
inline constexpr int exit_running = 75;  ///< another reputed serves this directory
inline constexpr int exit_no_permission = 77;
inline constexpr int exit_config = 78;

/// Why the daemon cannot start; thrown once, to main.
class start_failure : public std::runtime_error {
 public:
  start_failure(int exit_code, const std::string& message)
      : std::runtime_error(message), exit_code_(exit_code) {}

  [[nodiscard]] int exit_code() const noexcept { return exit_code_; }

 private:
  int exit_code_;
};

}  // namespace repute::control
