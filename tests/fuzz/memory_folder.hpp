// SPDX-License-Identifier: Apache-2.0
// Where targets that write files keep them: replacing a file waits for a disk, thousands of times.
#pragma once

#include <filesystem>

namespace repute::fuzz {

/// A folder that is no disk's, if there is one.
[[nodiscard]] inline std::filesystem::path memory_folder() {
  const std::filesystem::path in_memory = "/dev/shm";
  std::error_code ignored;
  return std::filesystem::is_directory(in_memory, ignored) ? in_memory
                                                           : std::filesystem::temp_directory_path();
}

}  // namespace repute::fuzz
