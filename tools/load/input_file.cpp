// SPDX-License-Identifier: Apache-2.0
#include "load/input_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace repute::load {

bool read_input(const std::string& path, std::string& text, std::string& problem) {
  constexpr std::size_t step = std::size_t{1} << 20;
  const bool standard_input = path == "-";
  const int fd = standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    problem = path + ": cannot open: " + std::strerror(errno);
    return false;
  }
  text.clear();
  bool good = true;
  for (;;) {
    const std::size_t at = text.size();
    text.resize(at + step);
    const ssize_t got = ::read(fd, text.data() + at, step);
    text.resize(at + static_cast<std::size_t>(got > 0 ? got : 0));
    if (got == 0) {
      break;
    }
    if (got < 0 && errno != EINTR) {
      problem = path + ": cannot read: " + std::strerror(errno);
      good = false;
      break;
    }
  }
  if (!standard_input) {
    ::close(fd);
  }
  return good;
}

}  // namespace repute::load
