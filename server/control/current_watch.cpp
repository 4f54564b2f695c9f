// SPDX-License-Identifier: Apache-2.0
#include "control/current_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

namespace repute::control {

current_watch::current_watch(const std::filesystem::path& directory)
    : fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  // Loaders rename over CURRENT; a person may copy over it.
  constexpr std::uint32_t wanted = IN_MOVED_TO | IN_CLOSE_WRITE;
  if (fd_.get() < 0 || ::inotify_add_watch(fd_.get(), directory.c_str(), wanted) < 0) {
    throw std::system_error(errno, std::generic_category(),
                            directory.string() + ": cannot be watched");
  }
}

bool current_watch::take_events() {
  bool changed = false;
  alignas(inotify_event) std::array<char, 16384> buffer;
  for (;;) {
    const ssize_t size = ::read(fd_.get(), buffer.data(), buffer.size());
    if (size <= 0) {
      return changed;
    }
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      inotify_event event;
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* name = buffer.data() + at + sizeof event;
      // After an overflow nobody knows what happened: look.
      changed |= (event.mask & IN_Q_OVERFLOW) != 0 ||
                 (event.len != 0 && std::string_view(name) == "CURRENT");
      at += sizeof event + event.len;
    }
  }
}

}  // namespace repute::control
