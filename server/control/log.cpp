// SPDX-License-Identifier: Apache-2.0
#include "control/log.hpp"

#include <sys/uio.h>
#include <unistd.h>

#include <array>

namespace repute::control {
namespace {

iovec part(std::string_view text) noexcept {
  return {const_cast<char*>(text.data()), text.size()};
}

// One call, so that lines of several threads do not mix. A log that cannot be written is no reason
// to stop serving.
template <std::size_t Count>
void write_parts(const std::array<iovec, Count>& parts) noexcept {
  [[maybe_unused]] const auto written = ::writev(STDERR_FILENO, parts.data(), Count);
}

}  // namespace

void log_line(std::string_view text) noexcept {
  write_parts(std::array{part("reputed: "), part(text), part("\n")});
}

void write_line(std::string_view text) noexcept {
  write_parts(std::array{part(text), part("\n")});
}

}  // namespace repute::control
