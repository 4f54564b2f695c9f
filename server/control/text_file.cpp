// SPDX-License-Identifier: Apache-2.0
#include "control/text_file.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace repute::control {

std::optional<std::string> read_text_file(const std::filesystem::path& path,
                                          std::uintmax_t bytes_max, std::string& out) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) {
    return fmt::format("cannot be read: {}", error.message());
  }
  if (size > bytes_max) {
    return fmt::format("is larger than {} MiB: not a configuration", bytes_max >> 20);
  }
  std::ifstream file(path, std::ios::binary);
  out.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  if (!file) {
    return fmt::format("cannot be read: {}", std::strerror(errno));
  }
  return std::nullopt;
}

}  // namespace repute::control
