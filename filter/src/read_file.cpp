// SPDX-License-Identifier: Apache-2.0
#include "read_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace repute::mail::detail {

std::optional<std::string> read_file(const std::string& path, std::size_t bytes_max,
                                     std::string& problem) {
  errno = EIO;  // for a library that does not say why
  std::ifstream file(path, std::ios::binary);
  std::string out;
  constexpr std::size_t piece = std::size_t{64} << 10;
  while (file && out.size() <= bytes_max) {
    const std::size_t read = out.size();
    out.resize(std::min(read + piece, bytes_max + 1));
    file.read(out.data() + read, static_cast<std::streamsize>(out.size() - read));
    out.resize(read + static_cast<std::size_t>(file.gcount()));
  }
  if (!file && !file.eof()) {
    problem = fmt::format("{}: {}", path, std::strerror(errno));
    return std::nullopt;
  }
  return out;
}

}  // namespace repute::mail::detail
