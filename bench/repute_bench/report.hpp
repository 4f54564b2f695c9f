// SPDX-License-Identifier: Apache-2.0
// A run as text for people, JSON for `compare` and CSV for spreadsheets.
#pragma once

#include <string>
#include <vector>

#include "repute_bench/runner.hpp"
#include "repute_bench/statistics.hpp"

namespace repute::bench {

/// What a report says of its circumstances.
struct circumstances {
  machine_facts machine;
  std::string commit;
  std::string build;                 ///< type of build and compiler
  std::vector<std::string> command;  ///< the words of the command line
  std::uint64_t records = 0;
  std::string store;  ///< empty: not started here
};

[[nodiscard]] std::string to_json(const run_report& report, const circumstances& about);

/// A line for each sample; figures in columns, circumstances in lines that begin with #.
[[nodiscard]] std::string to_csv(const run_report& report, const circumstances& about);

/// A table of medians and the ratios within the run.
[[nodiscard]] std::string to_text(const run_report& report, const circumstances& about);

/// A ratio of two points of one run, taken within each repeat.
struct ratio_row {
  std::string what;
  spread ratio;
};
/// The first target against every other one (rate at maximum, latency at equal rates), and lookups
/// per second with many keys against one key.
[[nodiscard]] std::vector<ratio_row> ratios_of(const std::vector<measured_point>& points);

/// The figures of a sample as a JSON object.
[[nodiscard]] std::string sample_json(const sample& from);

/// A JSON string with its quotes; bytes that are no ASCII are passed on.
[[nodiscard]] std::string json_text(std::string_view text);

/// Writes a whole file; `-` is standard output. Throws std::runtime_error.
void write_file(const std::string& path, const std::string& text);

}  // namespace repute::bench
