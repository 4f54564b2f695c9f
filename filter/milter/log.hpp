// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace repute::milter {

/// Writes "repute-milter: TEXT" as one line to standard error, in one call, from any thread. No
/// address, name or text of a message is ever logged.
void log_line(std::string_view text) noexcept;

}  // namespace repute::milter
