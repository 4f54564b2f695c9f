// SPDX-License-Identifier: Apache-2.0
// What is left to a server that somebody took over: the system calls of serving, and no others.
#pragma once

#include <optional>
#include <string>

namespace repute::control {

/// Forbids all threads of this process, for good, the system calls that serving does not need: no
/// program is run, no process made, no memory made executable, no socket opened (seccomp(2)).
/// A forbidden call fails with EPERM and nothing else happens. Call it when all sockets are bound;
/// files may be read and written after it as before.
///
/// Returns why it could not be done: then nothing is forbidden. So it is in builds with sanitizers,
/// which make calls of their own.
[[nodiscard]] std::optional<std::string> enter_sandbox();

}  // namespace repute::control
