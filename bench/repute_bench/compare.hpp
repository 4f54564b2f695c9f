// SPDX-License-Identifier: Apache-2.0
// Two JSON reports side by side.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace repute::bench {

/// Figures of every repeat by name of point and of figure.
using report_values = std::map<std::string, std::map<std::string, std::vector<double>>>;

/// Reads what to_json() wrote. Throws std::runtime_error that names `path`.
[[nodiscard]] report_values read_report(const std::string& path);

/// For each point that both have, ratios B / A of medians with their 95 % intervals; those that
/// exclude 1 are marked. What only one of them has is named.
[[nodiscard]] std::string compare_text(const report_values& a, const report_values& b);

}  // namespace repute::bench
