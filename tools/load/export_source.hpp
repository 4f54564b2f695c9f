// SPDX-License-Identifier: Apache-2.0
// An exported snapshot on its way back: its feeds, then its rows, then what was said at run time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "load/export_reader.hpp"
#include "load/row_compiler.hpp"
#include "store/live_entry.hpp"
#include "store/record.hpp"

namespace repute::load {

/// A problem with an export, and whether it is the machine's.
struct export_problem {
  format_problem what;
  bool machine_failed = false;
};

/// One pass over an export. Rows of the built-in test points are passed over: every load makes its
/// own. One thread at a time.
class export_source {
 public:
  /// Reads the declarations, which stand before all rows.
  [[nodiscard]] static std::variant<export_source, export_problem> open(
      std::unique_ptr<input> from);

  /// Sorted by name, with files, times and counts of rows as exported.
  [[nodiscard]] const std::vector<store::feed_info>& feeds() const noexcept { return feeds_; }
  /// Greatest sequence number of the changes at run time that the export has.
  [[nodiscard]] std::uint64_t data_seq() const noexcept { return data_seq_; }

  /// A record of each row: `feed` is an index into feeds(); the key is set for addresses, others
  /// have a kind and a text. Texts are valid during the call. Reads to the end: entries() hold
  /// afterwards.
  using row_visitor = std::function<void(const store::record&, position)>;
  [[nodiscard]] std::optional<export_problem> read_rows(const row_compiler& compiler,
                                                        const row_visitor& visit);

  /// Live entries and overrides, sorted by live_less.
  [[nodiscard]] const std::vector<store::live_entry>& entries() const noexcept { return entries_; }

 private:
  explicit export_source(std::unique_ptr<input> from) : reader_(std::move(from)) {}
  [[nodiscard]] std::optional<std::string> take(const export_line& line,
                                                const row_compiler& compiler,
                                                const row_visitor& visit);
  [[nodiscard]] std::optional<std::string> sort_entries();
  [[nodiscard]] std::optional<std::size_t> index_of(std::string_view feed) const;

  export_reader reader_;
  const export_line* pending_ = nullptr;  // the first line behind the declarations
  std::vector<store::feed_info> feeds_;
  std::uint64_t data_seq_ = 0;
  std::vector<store::live_entry> entries_;
};

}  // namespace repute::load
