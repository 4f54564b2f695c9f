// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace repute::mail::detail {

/// The places 0 .. size-1 in an order of which every beginning takes half from the start, a quarter
/// from the end and a quarter at random: decoys, wherever they stand, leave room for what is
/// elsewhere. `seed` goes on to the next draw.
[[nodiscard]] std::vector<std::size_t> spread(std::size_t size, std::uint64_t& seed);

}  // namespace repute::mail::detail
