// SPDX-License-Identifier: Apache-2.0
#include "control/log.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace repute::control {

void log_line(std::string_view text) noexcept {
  fmt::memory_buffer line;
  fmt::format_to(std::back_inserter(line), "reputed: {}\n", text);
  // A log that cannot be written is no reason to stop serving.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace repute::control
