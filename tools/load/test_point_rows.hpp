// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "load/row_compiler.hpp"
#include "store/record.hpp"

namespace repute::load {

/// Adds the rows of the built-in feed of test points, which has number `feed`. Returns their
/// number.
std::uint64_t add_test_points(row_compiler& compiler, std::uint16_t feed,
                              store::record_set& into);

}  // namespace repute::load
