// SPDX-License-Identifier: Apache-2.0
// One zstd frame that fills a file, written and read in pieces: memory stays below 32 MiB whatever
// the frame says.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "store/partial_file.hpp"

namespace repute::store {

/// Compresses into a file. The same bytes give the same frame, with the same version of libzstd.
class zstd_writer {
 public:
  /// `total` bytes will be written, exactly. `to` outlives the writer.
  zstd_writer(partial_file& to, std::uint64_t total);
  ~zstd_writer();
  zstd_writer(const zstd_writer&) = delete;
  zstd_writer& operator=(const zstd_writer&) = delete;

  [[nodiscard]] result<void> write(byte_view bytes);
  /// Ends the frame. Once, after the last byte.
  [[nodiscard]] result<void> finish();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Decompresses from a file. A frame that is cut, damaged or wants more than 8 MiB of window is
/// store_error::corrupt.
class zstd_reader {
 public:
  [[nodiscard]] static result<zstd_reader> open(const std::filesystem::path& path);
  ~zstd_reader();
  zstd_reader(zstd_reader&&) noexcept;
  zstd_reader& operator=(zstd_reader&&) noexcept;

  /// Fills all of `into`.
  [[nodiscard]] result<void> read(byte_span into);
  /// Checks that the frame and the file end here; the frame's own checksum is compared by then.
  [[nodiscard]] result<void> expect_end();

 private:
  struct state;
  explicit zstd_reader(std::unique_ptr<state> opened) noexcept;
  std::unique_ptr<state> state_;
};

}  // namespace repute::store
