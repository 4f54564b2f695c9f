// SPDX-License-Identifier: Apache-2.0
#include "control/database_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

namespace repute::control {

namespace {

// Tools rename over files; a person may copy over them, make directories, take files away and
// change who may read them.
constexpr std::uint32_t wanted = IN_MOVED_TO | IN_CLOSE_WRITE | IN_CREATE;
constexpr std::uint32_t wanted_of_access = wanted | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB;

// What a tool writes until it renames it over a file that counts.
bool is_unfinished(std::string_view name) {
  return name.ends_with(".tmp");
}

}  // namespace

database_watch::database_watch(const std::filesystem::path& directory)
    : access_(directory / "access"), fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (fd_.get() < 0 || ::inotify_add_watch(fd_.get(), directory.c_str(), wanted) < 0) {
    throw std::system_error(errno, std::generic_category(),
                            directory.string() + ": cannot be watched");
  }
  watch_access();
}

// Where there is no such directory yet, its coming is seen in its parent.
void database_watch::watch_access() noexcept {
  access_watch_ = ::inotify_add_watch(fd_.get(), access_.c_str(), wanted_of_access);
}

database_watch::changes database_watch::take_events() {
  changes out;
  alignas(inotify_event) std::array<char, 16384> buffer;
  for (;;) {
    const ssize_t size = ::read(fd_.get(), buffer.data(), buffer.size());
    if (size <= 0) {
      return out;
    }
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      inotify_event event;
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const std::string_view name = event.len != 0 ? buffer.data() + at + sizeof event : "";
      // After an overflow nobody knows what happened: look.
      const bool lost = (event.mask & IN_Q_OVERFLOW) != 0;
      const bool in_access = event.wd == access_watch_;
      const bool access_came = !in_access && name == "access";
      if (lost || access_came) {
        watch_access();
      }
      const bool begun = (event.mask & IN_CREATE) != 0;  // and not written yet
      out.current |= lost || (!in_access && !begun && name == "CURRENT");
      out.access |= lost || (in_access && !begun && !is_unfinished(name)) || access_came;
      at += sizeof event + event.len;
    }
  }
}

}  // namespace repute::control
