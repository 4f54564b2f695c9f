// SPDX-License-Identifier: Apache-2.0
// Which mapped files a SIGBUS may come from, so that its one log line can name the file.
#pragma once

#include <cstdint>
#include <filesystem>

namespace repute::store {

/// Remembers a map; at most 16 at a time, further ones go unnamed. Not for signal handlers.
void remember_mapped_file(const void* begin, std::uint64_t bytes,
                          const std::filesystem::path& path);
void forget_mapped_file(const void* begin) noexcept;

}  // namespace repute::store
