// SPDX-License-Identifier: Apache-2.0
// A line of the control socket of any bytes: a command or an error, never both, never neither.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "control/control_request.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto request = repute::control::parse_control_request(line);
  if (request.command.has_value() != request.error.empty()) {
    std::abort();
  }
  return 0;
}
