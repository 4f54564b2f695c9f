// SPDX-License-Identifier: Apache-2.0
// Time as the core sees it: passed in by the shell, monotonic, and nothing else.
#pragma once

#include <chrono>

namespace repute::core {

using std::chrono::microseconds;
using time_point = std::chrono::steady_clock::time_point;

}  // namespace repute::core
