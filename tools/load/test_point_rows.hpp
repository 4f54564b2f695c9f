// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "load/row_compiler.hpp"
#include "load/stored_row.hpp"

namespace repute::load {

/// Rows of the built-in feed of test points, which has number `feed`.
[[nodiscard]] compiled_rows test_point_rows(const row_compiler& compiler, std::uint16_t feed);

}  // namespace repute::load
