// SPDX-License-Identifier: Apache-2.0
// A large file while it is being written: under a name of its own, so that nobody takes a part of
// it for the whole.
#pragma once

#include <filesystem>

#include "store/file.hpp"

namespace repute::store {

/// Removed when destroyed, unless finish() has given it its name. One thread at a time.
class partial_file {
 public:
  /// An empty file `to`.tmp; one that a killed writer left is replaced.
  [[nodiscard]] static result<partial_file> create(std::filesystem::path to);
  ~partial_file();
  partial_file(partial_file&& other) noexcept = default;
  partial_file& operator=(partial_file&&) = delete;

  /// Where the bytes are until finish().
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return temporary_; }

  [[nodiscard]] const descriptor& open_file() const noexcept { return file_; }

  [[nodiscard]] result<void> write(byte_view bytes) { return write_all(file_, bytes, temporary_); }
  /// Sets `mode` and brings everything written to the disk.
  [[nodiscard]] result<void> sync(unsigned mode);
  /// Renames it to what create() was told, durably. After sync().
  [[nodiscard]] result<void> finish();

 private:
  partial_file(std::filesystem::path to, std::filesystem::path temporary, descriptor file) noexcept
      : to_(std::move(to)), temporary_(std::move(temporary)), file_(std::move(file)) {}

  std::filesystem::path to_;
  std::filesystem::path temporary_;  // empty when there is nothing to remove
  descriptor file_;
};

}  // namespace repute::store
