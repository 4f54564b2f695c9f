// SPDX-License-Identifier: Apache-2.0
#include "load/format/input.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "store/file.hpp"

namespace repute::load {
namespace {

// A file or a pipe, read piece by piece.
class file_input final : public input {
 public:
  /// Closes `fd` at its end unless it is standard input. `path` is empty for standard input.
  file_input(int fd, std::string path) : fd_(fd), path_(std::move(path)) {
    struct stat status {};
    if (::fstat(fd_, &status) == 0) {
      regular_ = S_ISREG(status.st_mode);
      folder_ = S_ISDIR(status.st_mode);
      size_ = regular_ ? static_cast<std::uint64_t>(status.st_size) : 0;
    }
    // Feeds are read once, from begin to end: the kernel may read ahead. A hint, so no error.
    static_cast<void>(::posix_fadvise(fd_, 0, 0, POSIX_FADV_SEQUENTIAL));
  }
  ~file_input() override {
    if (fd_ != STDIN_FILENO) {
      ::close(fd_);
    }
  }
  file_input(const file_input&) = delete;
  file_input& operator=(const file_input&) = delete;

  std::size_t read(std::span<char> into) override {
    for (;;) {
      const ssize_t got = ::read(fd_, into.data(), into.size());
      if (got >= 0) {
        done_ += static_cast<std::uint64_t>(got);
        return static_cast<std::size_t>(got);
      }
      if (errno != EINTR) {
        return fail_machine(std::string("cannot read: ") + std::strerror(errno));
      }
    }
  }
  bool is_folder() const noexcept { return folder_; }
  double share_read() const noexcept override {
    return size_ == 0 ? 0 : std::min(1.0, static_cast<double>(done_) / static_cast<double>(size_));
  }
  std::string plain_file() const override { return regular_ ? path_ : std::string(); }

 private:
  int fd_;
  std::string path_;
  std::uint64_t size_ = 0;
  std::uint64_t done_ = 0;
  bool regular_ = false;
  bool folder_ = false;
};

}  // namespace

std::size_t memory_input::read(std::span<char> into) {
  const std::size_t taken = rest_.copy(into.data(), into.size());
  rest_.remove_prefix(taken);
  return taken;
}

double memory_input::share_read() const noexcept {
  return size_ == 0 ? 0 : 1 - static_cast<double>(rest_.size()) / static_cast<double>(size_);
}

store::result<std::unique_ptr<input>> open_input(const std::string& path) {
  const bool standard_input = path == "-";
  const int fd = standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return store::system_failure(path, "cannot open", errno);
  }
  auto file = std::make_unique<file_input>(fd, standard_input ? std::string() : path);
  if (file->is_folder()) {
    return store::failure{store::store_error::corrupt, path + ": a folder, not a file"};
  }
  std::string problem;
  auto opened = decompressed(std::move(file), problem);
  if (!opened) {
    return store::failure{store::store_error::corrupt, path + ": " + problem};
  }
  return opened;
}

}  // namespace repute::load
