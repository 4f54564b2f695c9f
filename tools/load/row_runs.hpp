// SPDX-License-Identifier: Apache-2.0
// Sorted runs of rows in one temporary file, and their merge.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "load/stored_row.hpp"

namespace repute::load {

/// Appends a row to bytes that go to a file.
void append_row(const stored_row& row, std::string& to);

/// A file of runs. It has no name any more once it is open, so it vanishes with the process.
class run_file {
 public:
  /// Throws std::system_error if it cannot be created.
  explicit run_file(const std::filesystem::path& folder);
  ~run_file();
  run_file(const run_file&) = delete;
  run_file& operator=(const run_file&) = delete;

  struct run {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };

  void begin_run() { runs_.push_back({size_, size_}); }
  /// Adds bytes made by append_row() to the last run. Throws std::system_error: the disk is full.
  void append(std::string_view rows);

  [[nodiscard]] const std::vector<run>& runs() const noexcept { return runs_; }
  /// Reads up to `size` bytes; fewer only at the end of the file. Throws std::system_error.
  [[nodiscard]] std::size_t read(std::uint64_t offset, char* to, std::size_t size) const;

 private:
  std::filesystem::path path_;
  int fd_;
  std::uint64_t size_ = 0;
  std::vector<run> runs_;
};

/// All runs of a file as one sorted sequence.
class run_merge {
 public:
  /// `buffer_bytes` are shared by all runs.
  run_merge(const run_file& file, const attribute_pool& pool, std::size_t buffer_bytes);
  ~run_merge();
  run_merge(const run_merge&) = delete;
  run_merge& operator=(const run_merge&) = delete;

  /// The next row, without those that repeat the content of the row before; null at the end. Valid
  /// until the next call.
  [[nodiscard]] const stored_row* next();

 private:
  class cursor;

  [[nodiscard]] bool later(std::size_t a, std::size_t b) const noexcept;

  const attribute_pool& pool_;
  std::vector<cursor> cursors_;
  std::vector<std::size_t> heap_;  // of cursors, the one with the least row in front
  stored_row last_;
  std::string last_texts_;
  bool any_ = false;
};

}  // namespace repute::load
