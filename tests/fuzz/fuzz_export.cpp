// SPDX-License-Identifier: Apache-2.0
// Exported snapshots: whatever a line says, writing it again gives the same line.
#include <cstdint>
#include <memory>
#include <string>

#include "fuzz/require.hpp"
#include "load/export_reader.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

using namespace repute::load;

namespace {

void expect_same(const export_line& line, export_format format) {
  std::string again = format == export_format::csv ? export_header() : std::string();
  if (line.layer != export_layer::snapshot) {
    export_line first;
    first.layer = export_layer::snapshot;
    append_export_line(first, format, again);
  }
  append_export_line(line, format, again);
  export_reader reader(std::make_unique<memory_input>(again));
  const export_line* read = reader.next();
  if (read != nullptr && line.layer != export_layer::snapshot) {
    read = reader.next();
  }
  require(read != nullptr && *read == line);
  require(reader.next() == nullptr && !reader.problem());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  export_reader reader(std::make_unique<memory_input>(text));
  while (const export_line* line = reader.next()) {
    for (const auto format : {export_format::csv, export_format::jsonl}) {
      expect_same(*line, format);
    }
  }
  return 0;
}
