// SPDX-License-Identifier: Apache-2.0
// Reads the lines of an exported snapshot, one after another, from CSV or JSONL.
#pragma once

#include <memory>
#include <optional>

#include "load/export_line.hpp"
#include "load/format/input.hpp"
#include "load/row.hpp"

namespace repute::load {

/// Bounded memory, one thread at a time. Strict: the first line that cannot be read, or that stands
/// where it may not, ends the reading with its place.
class export_reader {
 public:
  /// CSV or JSONL by the first byte.
  explicit export_reader(std::unique_ptr<input> from);
  ~export_reader();
  export_reader(export_reader&&) noexcept;
  export_reader& operator=(export_reader&&) noexcept;

  /// The next line; its texts are valid until the next call. Null at the end or at a problem. The
  /// first one is the snapshot's, and no other is.
  [[nodiscard]] const export_line* next();
  /// Where the line is that next() gave.
  [[nodiscard]] position at() const noexcept;

  /// Why reading ended early; nothing if it did not.
  [[nodiscard]] const std::optional<format_problem>& problem() const noexcept;
  /// True if the machine failed, not the data.
  [[nodiscard]] bool machine_failed() const noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace repute::load
