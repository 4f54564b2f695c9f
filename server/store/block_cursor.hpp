// SPDX-License-Identifier: Apache-2.0
// Walks the blocks of a snapshot's records without unpacking them: for comparisons, which skip
// what is equal.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "store/record_block.hpp"
#include "store/snapshot.hpp"

namespace repute::store {

/// Made by snapshot_reader::blocks(), which outlives it. One thread at a time.
class block_cursor {
 public:
  ~block_cursor();
  block_cursor(block_cursor&&) noexcept;
  block_cursor& operator=(block_cursor&&) noexcept;

  /// True behind the last block.
  [[nodiscard]] bool at_end() const noexcept;

  /// The block's bytes, valid as long as the reader. Not at the end.
  [[nodiscard]] byte_view block() const noexcept;
  /// Position of the block's first record. Not at the end.
  [[nodiscard]] const record_position& first() const noexcept;
  /// Position of the first record of the block after it, if there is one.
  [[nodiscard]] const std::optional<record_position>& after() const noexcept;

  /// Goes to the next block. Not at the end.
  [[nodiscard]] result<void> advance();

 private:
  friend class snapshot_reader;
  struct state;
  explicit block_cursor(std::unique_ptr<state> opened) noexcept;
  std::unique_ptr<state> state_;
};

}  // namespace repute::store
