// SPDX-License-Identifier: Apache-2.0
// Plots of a run, drawn by gnuplot.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "repute_bench/point.hpp"

namespace repute::bench {

/// A gnuplot script that writes `path` (SVG): with open-loop points latency against offered load,
/// the knee of each target marked (statistics.hpp); without, lookups a second against keys per
/// datagram. Nothing if there are fewer than two dots to join.
[[nodiscard]] std::optional<std::string> plot_script(const std::vector<measured_point>& points,
                                                     const std::string& path);

/// Has gnuplot draw it. What went wrong, or nothing.
[[nodiscard]] std::optional<std::string> draw(const std::string& script);

}  // namespace repute::bench
