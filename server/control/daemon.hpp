// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "control/command_line.hpp"

namespace repute::control {

/// Serves until a signal ends it; returns the exit code. `began` is when the process started, for
/// the ready line. Throws start_failure if it cannot start.
[[nodiscard]] int run_daemon(command_line chosen, std::chrono::steady_clock::time_point began);

}  // namespace repute::control
