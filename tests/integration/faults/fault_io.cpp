// SPDX-License-Identifier: Apache-2.0
// Preloaded into a program under test: lets its n-th change of a file below FAULT_DIR fail, or ends
// the program there. A change is a write, sync, rename, truncation or creation. Environment:
// FAULT_DIR; FAULT_AT: the n-th change, the first is 1; FAULT_KIND: ENOSPC (that and all further
// writes and creations), EIO (that change alone) or KILL; FAULT_COUNT: a file that gets the number
// of changes at the end.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

std::atomic<long> changes{0};

const char* setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

long number_of(const char* name) {
  const std::string_view text = setting(name);
  long number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool is_below(std::string_view path) {
  static const std::string directory = setting("FAULT_DIR");
  return !directory.empty() && path.starts_with(directory);
}

bool is_below(int fd) {
  std::array<char, 4096> target;
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
  return size > 0 && is_below({target.data(), static_cast<std::size_t>(size)});
}

// True, with errno set, if this change fails. `takes_room`: a full disk refuses it.
bool fails(bool takes_room) {
  static const long at = number_of("FAULT_AT");
  static const std::string kind = setting("FAULT_KIND");
  const long number = ++changes;
  if (at == 0 || number < at) {
    return false;
  }
  if (kind == "KILL") {
    ::kill(::getpid(), SIGKILL);
  }
  if (kind == "ENOSPC" && takes_room) {
    errno = ENOSPC;
    return true;
  }
  if (kind == "EIO" && number == at) {
    errno = EIO;
    return true;
  }
  return false;
}

template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

// Written with the plain calls of the C library, which are not counted: it is outside FAULT_DIR.
struct count_writer {
  ~count_writer() {
    if (std::FILE* file = std::fopen(setting("FAULT_COUNT"), "w"); file != nullptr) {
      std::fprintf(file, "%ld\n", changes.load());
      std::fclose(file);
    }
  }
} const writer;

}  // namespace

extern "C" {

ssize_t write(int fd, const void* data, std::size_t size) {
  static const auto next = real<ssize_t (*)(int, const void*, std::size_t)>("write");
  return is_below(fd) && fails(true) ? -1 : next(fd, data, size);
}

ssize_t pwrite(int fd, const void* data, std::size_t size, off_t offset) {
  static const auto next = real<ssize_t (*)(int, const void*, std::size_t, off_t)>("pwrite");
  return is_below(fd) && fails(true) ? -1 : next(fd, data, size, offset);
}

ssize_t pwrite64(int fd, const void* data, std::size_t size, off_t offset) {
  return pwrite(fd, data, size, offset);
}

ssize_t writev(int fd, const iovec* pieces, int count) {
  static const auto next = real<ssize_t (*)(int, const iovec*, int)>("writev");
  return is_below(fd) && fails(true) ? -1 : next(fd, pieces, count);
}

ssize_t pwritev(int fd, const iovec* pieces, int count, off_t offset) {
  static const auto next = real<ssize_t (*)(int, const iovec*, int, off_t)>("pwritev");
  return is_below(fd) && fails(true) ? -1 : next(fd, pieces, count, offset);
}

ssize_t pwritev64(int fd, const iovec* pieces, int count, off_t offset) {
  return pwritev(fd, pieces, count, offset);
}

int fsync(int fd) {
  static const auto next = real<int (*)(int)>("fsync");
  return is_below(fd) && fails(false) ? -1 : next(fd);
}

int fdatasync(int fd) {
  static const auto next = real<int (*)(int)>("fdatasync");
  return is_below(fd) && fails(false) ? -1 : next(fd);
}

int ftruncate(int fd, off_t size) {
  static const auto next = real<int (*)(int, off_t)>("ftruncate");
  return is_below(fd) && fails(true) ? -1 : next(fd, size);
}

int ftruncate64(int fd, off_t size) {
  return ftruncate(fd, size);
}

int rename(const char* from, const char* to) {
  static const auto next = real<int (*)(const char*, const char*)>("rename");
  return is_below(to) && fails(true) ? -1 : next(from, to);
}

int open(const char* path, int flags, ...) {
  static const auto next = real<int (*)(const char*, int, ...)>("open");
  mode_t mode = 0;
  if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  const bool creates = (flags & O_CREAT) != 0 && ::access(path, F_OK) != 0;
  return creates && is_below(path) && fails(true) ? -1 : next(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  mode_t mode = 0;
  if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  return open(path, flags, mode);
}

}  // extern "C"
