// SPDX-License-Identifier: Apache-2.0
#include "store/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "repute/seal/digest.hpp"

namespace repute::store {
namespace {

store_error code_of(int error) noexcept {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return store_error::not_found;
    case EACCES:
    case EPERM:
    case EROFS:
      return store_error::permission;
    default:
      return store_error::io;
  }
}

}  // namespace

descriptor::~descriptor() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

failure system_failure(const std::filesystem::path& path, std::string_view what, int error) {
  return {code_of(error), fmt::format("{}: {}: {}", path.string(), what, reason_of(error, path))};
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

std::string reason_of(int error, const std::filesystem::path& path) {
  constexpr std::uint64_t hardly_any = std::uint64_t{1} << 20;
  struct statvfs fs {};
  const bool known = statvfs(folder_of(path).c_str(), &fs) == 0;
  const std::uint64_t free_bytes = known ? fs.f_bavail * fs.f_frsize : 0;
  const bool short_write = error == EIO && known && free_bytes < hardly_any;
  if (error == ENOSPC || error == EDQUOT || short_write) {
    return fmt::format("disk full ({} MiB free)", free_bytes >> 20);
  }
  return std::strerror(error);
}

result<descriptor> open_for_reading(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return system_failure(path, "cannot open", errno);
  }
  return descriptor(fd);
}

result<std::uint64_t> size_of(const descriptor& file, const std::filesystem::path& path) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) {
    return system_failure(path, "cannot stat", errno);
  }
  return static_cast<std::uint64_t>(status.st_size);
}

result<void> read_exactly(const descriptor& file, std::uint64_t offset, byte_span into,
                          const std::filesystem::path& path) {
  while (!into.empty()) {
    const ssize_t got = ::pread(file.get(), into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return system_failure(path, "cannot read", errno);
    }
    if (got == 0) {
      return failure{store_error::corrupt,
                     fmt::format("{}: ends at byte {}", path.string(), offset)};
    }
    into = into.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

result<std::string> read_small_file(const std::filesystem::path& path, std::size_t bytes_max) {
  const auto file = open_for_reading(path);
  if (!file) {
    return file.error();
  }
  const auto size = size_of(*file, path);
  if (!size) {
    return size.error();
  }
  if (*size > bytes_max) {
    return failure{store_error::corrupt,
                   fmt::format("{}: larger than {} bytes", path.string(), bytes_max)};
  }
  std::string text(static_cast<std::size_t>(*size), '\0');
  const auto read =
      read_exactly(*file, 0, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()}, path);
  if (!read) {
    return read.error();
  }
  return text;
}

result<void> write_all(const descriptor& file, byte_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(file.get(), bytes.data(), bytes.size());
    if (done < 0) {
      if (errno == EINTR) {
        continue;
      }
      return system_failure(path, "cannot write", errno);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
  return {};
}

result<void> replace_file(const std::filesystem::path& path, std::string_view text, unsigned mode) {
  std::filesystem::path temporary = path;
  temporary += ".tmp";
  ::unlink(temporary.c_str());  // left by a killed writer, perhaps read-only
  {
    const descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (file.get() < 0) {
      return system_failure(temporary, "cannot create", errno);
    }
    auto written = write_all(file, seal::bytes_of(text), temporary);
    if (written && (::fchmod(file.get(), mode) != 0 || ::fsync(file.get()) != 0)) {
      written = system_failure(temporary, "cannot sync", errno);
    }
    if (!written) {
      ::unlink(temporary.c_str());
      return written;
    }
  }
  return rename_path(temporary, path);
}

result<void> sync_path(const std::filesystem::path& path) {
  const auto file = open_for_reading(path);
  if (!file) {
    return file.error();
  }
  if (::fsync(file->get()) != 0) {
    return system_failure(path, "cannot sync", errno);
  }
  return {};
}

result<void> rename_path(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) {
    return system_failure(to, "cannot rename to it", errno);
  }
  return sync_path(folder_of(to));  // the rename itself must survive a power cut
}

}  // namespace repute::store
