// SPDX-License-Identifier: Apache-2.0
#include "log.hpp"

#include <sys/uio.h>
#include <unistd.h>

#include <array>

namespace repute::milter {

void log_line(std::string_view text) noexcept {
  const auto part = [](std::string_view of) {
    return iovec{const_cast<char*>(of.data()), of.size()};
  };
  // A log that cannot be written is no reason to stop serving.
  const std::array<iovec, 3> parts{part("repute-milter: "), part(text), part("\n")};
  [[maybe_unused]] const auto written = ::writev(STDERR_FILENO, parts.data(), parts.size());
}

}  // namespace repute::milter
