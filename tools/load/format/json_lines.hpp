// SPDX-License-Identifier: Apache-2.0
// Private to the formats: one JSON object a line.
#pragma once

#include <memory>

#include "load/row.hpp"

namespace repute::load {

/// Reads lines that are JSON objects. Each call gives at most one row or one bad row, and returns
/// what the sink does.
class json_line_reader {
 public:
  json_line_reader();
  ~json_line_reader();
  json_line_reader(const json_line_reader&) = delete;
  json_line_reader& operator=(const json_line_reader&) = delete;

  /// A line of Spamhaus DROP: `{"cidr", "sblid"}`; `{"asn"}` and `{"type": "metadata"}` are
  /// skipped.
  [[nodiscard]] bool take_drop(std::string_view line, std::uint32_t number, row_sink& sink);
  /// A line whose members are named by the columns of `spec`.
  [[nodiscard]] bool take_columns(std::string_view line, std::uint32_t number,
                                  const feed_spec& spec, row_sink& sink);

 private:
  struct machinery;
  std::unique_ptr<machinery> machinery_;
};

}  // namespace repute::load
