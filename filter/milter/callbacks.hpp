// SPDX-License-Identifier: Apache-2.0
// What libmilter calls.
#pragma once

#include <memory>

#include "service.hpp"

namespace repute::milter {

/// The service for messages that begin from now on. Thread-safe.
void use_service(std::shared_ptr<service> next);
[[nodiscard]] std::shared_ptr<service> current_service();

/// Tells libmilter of the filter. False if it does not accept.
[[nodiscard]] bool register_callbacks();

/// Messages between their first command and their end.
[[nodiscard]] int open_messages() noexcept;

}  // namespace repute::milter
