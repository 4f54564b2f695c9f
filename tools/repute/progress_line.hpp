// SPDX-License-Identifier: Apache-2.0
// Says on standard error how far a load is: one line on a terminal, or JSON for programs.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "load/loader.hpp"

namespace repute::tool {

enum class progress_style {
  line,  ///< one line that is drawn again and again, on a terminal only
  json,  ///< one object a line
  none,
};

/// Clears its line when destroyed. Shows ten reports a second at most, and the first of each stage.
class progress_line {
 public:
  explicit progress_line(progress_style style);
  ~progress_line();
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;

  void update(const load::load_progress& progress);

 private:
  using clock = std::chrono::steady_clock;

  progress_style style_;
  bool drawn_ = false;
  clock::time_point began_;
  clock::time_point last_shown_;
  std::string stage_;
};

/// `urls  62.1%  3 104 220/5 000 000 rows  1.9 M/s  ETA 0:01  rejects 12`. The percentage is of the
/// whole load and `seconds` since it began; what is not known is left out.
[[nodiscard]] std::string progress_text(const load::load_progress& progress, double seconds);

/// `{"stage":"urls","done":0.621,"rows":3104220,"rows_of_all":5000000,"rejected":12,"seconds":1.6,
/// "eta_s":1}`: null for what is not known.
[[nodiscard]] std::string progress_json(const load::load_progress& progress, double seconds);

}  // namespace repute::tool
