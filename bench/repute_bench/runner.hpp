// SPDX-License-Identifier: Apache-2.0
// Measures the points of a plan, repeat by repeat, so that what disturbs the machine for a while
// disturbs all points.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "load_generator/engine.hpp"
#include "repute_bench/meters.hpp"
#include "repute_bench/run_options.hpp"
#include "repute_bench/server_child.hpp"

namespace repute::bench {

/// What a run found beside its points.
struct run_report {
  std::vector<measured_point> points;
  memory_use server_memory;     ///< of the first target, after the run
  std::string server_counters;  ///< reputed's own, JSON; empty if not known
};

/// Told before each sample: how many are done, of how many, and the point's name.
using run_progress =
    std::function<void(std::size_t done, std::size_t all, const std::string& name)>;

/// Starts what has to be started, runs the plan, stops everything. Throws std::runtime_error.
[[nodiscard]] run_report run_plan(const run_options& options, const run_progress& progress);

/// One sample of `speaks` at `to`. Meters read `pids`, 0 of them: no CPU time.
struct sample_wishes {
  std::vector<pid_t> pids;
  std::uint64_t rate_per_s = 0;  ///< 0: maximum
  std::uint32_t window = 256;
  std::size_t sockets = 1;
  double seconds = 1;
  bool stream = false;
};
[[nodiscard]] sample take_sample(const std::string& to, protocol& speaks,
                                 const sample_wishes& wishes);

}  // namespace repute::bench
