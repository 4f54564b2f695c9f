// SPDX-License-Identifier: Apache-2.0
// Puts rows into the order of a snapshot, in memory as long as they fit and in files beyond that.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "load/row_runs.hpp"
#include "load/stored_row.hpp"

namespace repute::load {

/// A row that may cover others, without its texts.
struct cover_row {
  fingerprint key{};
  std::uint32_t attributes = 0;
  std::uint8_t prefix_length = 0;
};

/// Rooms by kind and first byte of the key, in the order of records. Fingerprints are uniform, so
/// rooms of one kind sort in parallel.
inline constexpr std::size_t rooms_of_kind = 256;
inline constexpr std::size_t room_count = all_kinds.size() * rooms_of_kind;
[[nodiscard]] std::size_t room_of(kind kind, const fingerprint& key) noexcept;

/// True for kinds whose rows may cover keys of other rows.
[[nodiscard]] bool may_cover(kind kind) noexcept;

class row_pile {
 public:
  /// Rows beyond `memory_bytes` go to a file in `folder`, which has no name and vanishes with the
  /// process.
  row_pile(std::filesystem::path folder, std::size_t memory_bytes, unsigned threads);
  ~row_pile();
  row_pile(const row_pile&) = delete;
  row_pile& operator=(const row_pile&) = delete;

  /// Takes the rows over. Throws std::system_error if they do not fit on the disk.
  void add(compiled_rows rows);

  /// Sorts. Nothing can be added afterwards.
  void sort();

  /// True if the texts of rows stay as long as the pile does.
  [[nodiscard]] bool texts_stay() const noexcept { return runs_ == nullptr; }

  /// Frees all memory and files. Nothing can be read afterwards.
  void clear();

  [[nodiscard]] const attribute_pool& attributes() const noexcept { return attributes_; }
  /// Rows that may cover others, by room in the order of records; once sorted.
  [[nodiscard]] std::vector<std::vector<cover_row>> take_covers() { return std::move(covers_); }
  /// Hashes of the canonical forms of such rows, by kind.
  using hashes_by_kind = std::array<std::vector<std::vector<std::uint64_t>>, all_kinds.size()>;
  [[nodiscard]] hashes_by_kind take_cover_hashes() { return std::move(cover_hashes_); }
  /// Rows taken, repeated ones included.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

 private:
  friend class row_reader;

  void sort_room(std::size_t room);
  void spill();

  std::filesystem::path folder_;
  std::size_t memory_bytes_;
  unsigned threads_;
  attribute_pool attributes_;
  std::vector<std::vector<stored_row>> rooms_ = std::vector<std::vector<stored_row>>(room_count);
  std::vector<text_arena> texts_;
  std::vector<std::vector<cover_row>> covers_ = std::vector<std::vector<cover_row>>(room_count);
  hashes_by_kind cover_hashes_;
  std::size_t bytes_ = 0;  // of rows and texts in memory
  std::uint64_t size_ = 0;
  std::unique_ptr<run_file> runs_;  // null: everything fits
};

/// One pass over a sorted pile, which outlives it.
class row_reader {
 public:
  explicit row_reader(const row_pile& from);
  ~row_reader();
  row_reader(const row_reader&) = delete;
  row_reader& operator=(const row_reader&) = delete;

  /// The next row in the order of records, without those that repeat the content of the row before;
  /// null at the end. Its texts are valid until the next call, or as long as the pile if
  /// texts_stay(). Throws std::system_error if a file cannot be read.
  [[nodiscard]] const stored_row* next();

 private:
  const row_pile& from_;
  std::unique_ptr<run_merge> merge_;  // null: all rows are in memory
  std::size_t room_ = 0;
  std::size_t at_ = 0;
};

}  // namespace repute::load
