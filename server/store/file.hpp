// SPDX-License-Identifier: Apache-2.0
// Files as the store needs them: whole reads, durable writes, errors that name file and reason.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "repute/schema/bytes.hpp"
#include "store/snapshot.hpp"

namespace repute::store {

/// An owned file descriptor.
class descriptor {
 public:
  descriptor() = default;
  explicit descriptor(int fd) noexcept : fd_(fd) {}
  ~descriptor();
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

/// The folder that holds `path`: of a name without one, the current folder.
[[nodiscard]] std::filesystem::path folder_of(const std::filesystem::path& path);

/// What errno means, in words. A full disk is called so, also where LMDB tells its short write as
/// EIO and the file system of `path` has hardly any room left.
[[nodiscard]] std::string reason_of(int error, const std::filesystem::path& path);

/// A failure from errno: `path: what: reason`.
[[nodiscard]] failure system_failure(const std::filesystem::path& path, std::string_view what,
                                     int error);

[[nodiscard]] result<descriptor> open_for_reading(const std::filesystem::path& path);
[[nodiscard]] result<std::uint64_t> size_of(const descriptor& file,
                                            const std::filesystem::path& path);
/// Fills `into` from `offset`; a file that ends earlier is store_error::corrupt.
[[nodiscard]] result<void> read_exactly(const descriptor& file, std::uint64_t offset,
                                        byte_span into, const std::filesystem::path& path);
/// The whole of a file of at most `bytes_max`.
[[nodiscard]] result<std::string> read_small_file(const std::filesystem::path& path,
                                                  std::size_t bytes_max);

/// Writes all of `bytes` where the file stands.
[[nodiscard]] result<void> write_all(const descriptor& file, byte_view bytes,
                                     const std::filesystem::path& path);

/// Writes `text` beside `path`, syncs it, gives it `mode` and renames it over `path`.
[[nodiscard]] result<void> replace_file(const std::filesystem::path& path, std::string_view text,
                                        unsigned mode);
[[nodiscard]] result<void> sync_path(const std::filesystem::path& path);
[[nodiscard]] result<void> rename_path(const std::filesystem::path& from,
                                       const std::filesystem::path& to);

}  // namespace repute::store
