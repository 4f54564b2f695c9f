// SPDX-License-Identifier: Apache-2.0
// Rows of one file copied out of the reader's buffer, so that other threads can compile them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "load/row.hpp"
#include "load/row_compiler.hpp"
#include "load/text_arena.hpp"

namespace repute::load {

class raw_batch {
 public:
  static constexpr std::size_t rows_goal = 4096;
  static constexpr std::size_t text_bytes_goal = std::size_t{1} << 20;

  raw_batch(const feed_spec& spec, std::uint16_t feed, std::uint16_t file, std::string path)
      : spec_(&spec), feed_(feed), file_(file), path_(std::move(path)) {
    rows_.reserve(rows_goal);
    outcomes_.reserve(rows_goal);
  }

  void add(const raw_row& row);
  void add(const bad_row& row);
  [[nodiscard]] bool full() const noexcept {
    return outcomes_.size() >= rows_goal || texts_.bytes() >= text_bytes_goal;
  }
  [[nodiscard]] bool empty() const noexcept { return outcomes_.empty(); }

  /// Compiles the rows. Any thread, once.
  void compile(const row_compiler& compiler);

  /// What became of each row, in file order.
  enum class outcome : std::uint8_t { taken, stored, expired, bad };
  [[nodiscard]] const std::vector<outcome>& outcomes() const noexcept { return outcomes_; }
  /// The bad ones, in file order; their texts stay in the batch.
  [[nodiscard]] const std::vector<bad_row>& bad_rows() const noexcept { return bad_rows_; }
  /// Rows that were stored although a guard objects, in file order.
  struct flagged {
    position at;
    flagged_row row;
  };
  [[nodiscard]] std::vector<flagged>& flagged_rows() noexcept { return flagged_; }
  /// Rows passed over, as skip() says.
  void skip() noexcept { ++skipped_; }
  [[nodiscard]] std::uint64_t skipped() const noexcept { return skipped_; }
  [[nodiscard]] compiled_rows& compiled() noexcept { return compiled_; }

  [[nodiscard]] const feed_spec& spec() const noexcept { return *spec_; }
  [[nodiscard]] std::uint16_t feed() const noexcept { return feed_; }
  [[nodiscard]] std::uint16_t file() const noexcept { return file_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  double share_read = 0;  ///< of all input, when the batch was full

 private:
  const feed_spec* spec_;
  std::uint16_t feed_;
  std::uint16_t file_;
  std::string path_;
  text_arena texts_;
  std::vector<raw_row> rows_;
  std::vector<bad_row> bad_rows_;
  std::vector<outcome> outcomes_;
  std::vector<flagged> flagged_;
  std::uint64_t skipped_ = 0;
  compiled_rows compiled_;
};

}  // namespace repute::load
