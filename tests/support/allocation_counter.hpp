// SPDX-License-Identifier: Apache-2.0
// Replaces every operator new of the test binary that its source file is a part of.
#pragma once

#include <cstdint>

namespace repute::test {

/// How often any thread of this process has called an operator new.
[[nodiscard]] std::uint64_t allocations() noexcept;

}  // namespace repute::test
