// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/key_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

namespace repute::seal {

namespace {

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

key_file_failure failed(key_file_error code, const std::string& path, std::string_view what,
                        int error = 0) {
  std::string message = "secret key file " + path + ": " + std::string(what);
  if (error != 0) {
    message += std::string(": ") + std::strerror(error);
  }
  return {code, std::move(message)};
}

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

}  // namespace

int exit_code(key_file_error code) noexcept {
  switch (code) {
    case key_file_error::unreadable:
      return 66;
    case key_file_error::exposed:
      return 77;
    case key_file_error::exists:
    case key_file_error::unwritable:
      return 73;
    case key_file_error::malformed:
      break;
  }
  return 65;
}

std::variant<std::monostate, key_file_failure> write_key_file(const std::string& path,
                                                              const signing_key& key) {
  constexpr mode_t owner_alone = 0600;
  const open_file file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, owner_alone));
  if (file.fd() < 0) {
    return errno == EEXIST
               ? failed(key_file_error::exists, path, "exists already and is not overwritten")
               : failed(key_file_error::unwritable, path, "cannot be made", errno);
  }
  const secret_text text(key);
  if (!write_all(file.fd(), text.view()) || ::fsync(file.fd()) != 0) {
    const int error = errno;
    ::unlink(path.c_str());
    return failed(key_file_error::unwritable, path, "cannot be written", error);
  }
  return {};
}

std::variant<signing_key, key_file_failure> read_key_file(const std::string& path) {
  const open_file file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (file.fd() < 0 || ::fstat(file.fd(), &status) != 0) {
    return failed(key_file_error::unreadable, path, "cannot be read", errno);
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return failed(key_file_error::exposed, path,
                  "others than its owner may read or write it: make a new key, or, if nobody did, "
                  "chmod 600 it");
  }
  secret_text text;
  const ssize_t got = read_up_to(file.fd(), text.characters());
  if (got < 0) {
    return failed(key_file_error::unreadable, path, "cannot be read", errno);
  }
  char beyond = 0;
  const bool ends = read_up_to(file.fd(), {&beyond, 1}) == 0;
  std::string problem = "not a secret key of this version";
  auto key = ends ? parse_secret_key(text.view().substr(0, static_cast<std::size_t>(got)), problem)
                  : std::nullopt;
  if (!key) {
    return failed(key_file_error::malformed, path, problem);
  }
  return std::move(*key);
}

}  // namespace repute::seal
