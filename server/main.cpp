// SPDX-License-Identifier: Apache-2.0
// reputed: answers reputation queries over UDP. Everything is in control/, net/ and query/.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>

#include "control/command_line.hpp"
#include "control/daemon.hpp"
#include "control/exit_codes.hpp"
#include "control/log.hpp"
#include "store/snapshot.hpp"

int main(int argc, char** argv) {
  using namespace repute;
  const auto began = std::chrono::steady_clock::now();
  // Whoever reads the log or the control socket may go away at any time.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    control::command_line chosen;
    if (const auto exit_code = control::parse_command_line(argc, argv, chosen); exit_code) {
      return *exit_code;
    }
    store::install_bus_error_handler();
    return control::run_daemon(std::move(chosen), began);
  } catch (const control::start_failure& failure) {
    control::log_line(failure.what());
    return failure.exit_code();
  } catch (const std::exception& error) {
    control::log_line(error.what());
    return control::exit_io;
  }
}
