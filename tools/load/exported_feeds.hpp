// SPDX-License-Identifier: Apache-2.0
// Loads an exported snapshot into a pile of rows, on all cores.
#pragma once

#include <string>

#include "load/export_source.hpp"
#include "load/feed_reader.hpp"
#include "load/row_pile.hpp"

namespace repute::load {

class exported_feeds {
 public:
  /// Reads what the export declares. Throws load_error with file:line:column.
  explicit exported_feeds(std::string path);

  [[nodiscard]] const export_source& source() const noexcept { return source_; }

  /// Adds all rows; `numbers[i]` is the number of source().feeds()[i] in the new snapshot. Rows
  /// that ended before hour `now_h` are left out. Whoever exported the rows had accepted them, so
  /// neither guards nor limits are asked again. Throws load_error. Returns how many rows were read.
  std::uint64_t read(const row_compiler& compiler, const std::vector<std::uint16_t>& numbers,
                     std::uint32_t now_h, unsigned threads, row_pile& rows,
                     feed_summaries& summaries);

 private:
  [[noreturn]] void fail_at(const export_problem& why) const;
  [[nodiscard]] export_source open() const;

  std::string path_;
  export_source source_;
};

}  // namespace repute::load
