// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace repute::control {

/// Writes "reputed: TEXT" as one line to standard error, in one call, from any thread. Nothing that
/// a client asked about is ever logged.
void log_line(std::string_view text) noexcept;

/// The same without the prefix.
void write_line(std::string_view text) noexcept;

}  // namespace repute::control
