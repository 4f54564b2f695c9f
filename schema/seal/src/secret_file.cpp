// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <span>
#include <stdexcept>

#include "repute/seal/secret.hpp"

namespace repute::seal {

namespace {

constexpr mode_t owner_alone = 0600;

class open_file {
 public:
  explicit open_file(int fd) noexcept : fd_(fd) {}
  ~open_file() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

bool write_all(int fd, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t done = ::write(fd, text.data(), text.size());
    if (done < 0 && errno == EINTR) {
      continue;
    }
    if (done < 0) {
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

// Reads until `into` is full or the file ends; the bytes read, or -1.
ssize_t read_up_to(int fd, std::span<char> into) noexcept {
  std::size_t got = 0;
  while (got < into.size()) {
    const ssize_t more = ::read(fd, into.data() + got, into.size() - got);
    if (more < 0 && errno == EINTR) {
      continue;
    }
    if (more <= 0) {
      return more < 0 ? -1 : static_cast<ssize_t>(got);
    }
    got += static_cast<std::size_t>(more);
  }
  return static_cast<ssize_t>(got);
}

// What to say of one file.
struct subject {
  std::string_view what;
  const std::string& path;

  [[nodiscard]] secret_file_failure failed(secret_file_error code, std::string_view how,
                                           int error = 0) const {
    std::string message = std::string(what) + " " + path + ": " + std::string(how);
    if (error != 0) {
      message += std::string(": ") + std::strerror(error);
    }
    return {code, std::move(message)};
  }
};

// True if the entry of `path` in its directory is on the disk.
bool sync_entry(const std::string& path) noexcept {
  const std::size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const open_file at(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return at.fd() >= 0 && ::fsync(at.fd()) == 0;
}

// True if all of `text` is on the disk.
bool fill(const open_file& file, std::string_view text) noexcept {
  return write_all(file.fd(), text) && ::fsync(file.fd()) == 0;
}

}  // namespace

int exit_code(secret_file_error code) noexcept {
  switch (code) {
    case secret_file_error::unreadable:
      return 66;
    case secret_file_error::exposed:
      return 77;
    case secret_file_error::exists:
    case secret_file_error::unwritable:
      return 73;
    case secret_file_error::malformed:
      break;
  }
  return 65;
}

secret_string::~secret_string() {
  text_.resize(text_.capacity());
  wipe({reinterpret_cast<std::uint8_t*>(text_.data()), text_.size()});
}

void secret_string::append(std::string_view more) {
  if (more.size() > text_.capacity() - text_.size()) {
    throw std::length_error("a secret text grows beyond its capacity");
  }
  text_.append(more);
}

std::variant<secret_string, secret_file_failure> read_secret_file(std::string_view what,
                                                                  const std::string& path,
                                                                  std::size_t bytes_max) {
  const subject it{what, path};
  const open_file file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (file.fd() < 0 || ::fstat(file.fd(), &status) != 0) {
    return it.failed(secret_file_error::unreadable, "cannot be read", errno);
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return it.failed(secret_file_error::exposed,
                     "others than its owner may read or write it: make a new key, or, if nobody "
                     "did, chmod 600 it");
  }
  std::array<char, 512> piece{};
  secret_string text(bytes_max);
  for (;;) {
    const ssize_t got = read_up_to(file.fd(), piece);
    const std::string_view read(piece.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    const bool fits = text.view().size() + read.size() <= bytes_max;
    if (fits) {
      text.append(read);
    }
    wipe({reinterpret_cast<std::uint8_t*>(piece.data()), piece.size()});
    if (got < 0) {
      return it.failed(secret_file_error::unreadable, "cannot be read", errno);
    }
    if (!fits) {
      return it.failed(secret_file_error::malformed, "not a file of this version: too long");
    }
    if (read.size() < piece.size()) {
      return text;
    }
  }
}

std::variant<std::monostate, secret_file_failure> write_secret_file(std::string_view what,
                                                                    const std::string& path,
                                                                    std::string_view text) {
  const subject it{what, path};
  const open_file file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, owner_alone));
  if (file.fd() < 0) {
    return errno == EEXIST
               ? it.failed(secret_file_error::exists, "exists already and is not overwritten")
               : it.failed(secret_file_error::unwritable, "cannot be made", errno);
  }
  if (!fill(file, text) || !sync_entry(path)) {
    const int error = errno;
    ::unlink(path.c_str());
    return it.failed(secret_file_error::unwritable, "cannot be written", error);
  }
  return {};
}

std::variant<std::monostate, secret_file_failure> replace_secret_file(std::string_view what,
                                                                      const std::string& path,
                                                                      std::string_view text) {
  const subject it{what, path};
  const std::string fresh = path + ".tmp";
  ::unlink(fresh.c_str());  // of one that was interrupted
  if (auto written = write_secret_file(what, fresh, text); written.index() != 0) {
    return written;
  }
  if (std::rename(fresh.c_str(), path.c_str()) != 0 || !sync_entry(path)) {
    const int error = errno;
    ::unlink(fresh.c_str());
    return it.failed(secret_file_error::unwritable, "cannot be replaced", error);
  }
  return {};
}

}  // namespace repute::seal
