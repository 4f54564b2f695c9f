// SPDX-License-Identifier: Apache-2.0
// What fuzz targets have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace repute::fuzz {

/// Stops the process, which is how a target says that a property is broken.
inline void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

/// The input as a text.
[[nodiscard]] inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace repute::fuzz
