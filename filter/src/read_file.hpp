// SPDX-License-Identifier: Apache-2.0
// Files that a configuration names.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace repute::mail::detail {

/// The bytes of a file; of one that is longer than `bytes_max` one byte more than that, which shows
/// that there is more. Nothing if it cannot be read, and `path: reason` in `problem`.
[[nodiscard]] std::optional<std::string> read_file(const std::string& path, std::size_t bytes_max,
                                                   std::string& problem);

}  // namespace repute::mail::detail
