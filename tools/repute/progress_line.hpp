// SPDX-License-Identifier: Apache-2.0
// One line on a terminal that says how far a load is.
#pragma once

#include <chrono>
#include <string>

#include "load/loader.hpp"

namespace repute::tool {

/// Draws on standard error, only if that is a terminal. Clears its line when destroyed.
class progress_line {
 public:
  progress_line();
  ~progress_line();
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;

  void update(const load::load_progress& progress);

 private:
  using clock = std::chrono::steady_clock;

  bool terminal_;
  bool drawn_ = false;
  clock::time_point last_drawn_;
  clock::time_point stage_began_;
  std::string stage_;
  std::uint64_t rows_at_stage_ = 0;
};

/// `ipsum  62.1%  3 104 220 rows  1.9 M/s  ETA 0:01  rejects 12`. The rate and the ETA are of the
/// stage.
[[nodiscard]] std::string progress_text(const load::load_progress& progress, double seconds,
                                        std::uint64_t rows_of_stage);

}  // namespace repute::tool
