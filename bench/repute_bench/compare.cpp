// SPDX-License-Identifier: Apache-2.0
#include "repute_bench/compare.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <array>
#include <stdexcept>

#include "repute_bench/statistics.hpp"

namespace repute::bench {

namespace {

// What a change is judged by; the other figures explain it.
constexpr std::array<std::string_view, 8> compared{
    "replies_per_s", "lookups_per_s", "cpu_ns_per_packet", "cpu_ns_per_lookup",
    "p50_us",        "p99_us",        "p99_9_us",          "lost_share"};

std::string missing_text(const report_values& from, const report_values& in,
                         std::string_view which) {
  std::string out;
  for (const auto& [name, figures] : from) {
    if (in.count(name) == 0) {
      out += fmt::format("only in {}: {}\n", which, name);
    }
  }
  return out;
}

std::string figure_text(std::string_view name, const std::vector<double>& a,
                        const std::vector<double>& b) {
  const double before = spread_of(a).median;
  const double after = spread_of(b).median;
  if (before == 0) {
    return after == 0 ? std::string()
                      : fmt::format("  {:<20} {:>12.5g} -> {:>12.5g}\n", name, before, after);
  }
  const ratio_interval ratio = compare_medians(a, b);
  return fmt::format("  {:<20} {:>12.5g} -> {:>12.5g}   {:.3f} [{:.3f}..{:.3f}]{}\n", name, before,
                     after, ratio.ratio, ratio.low, ratio.high, ratio.differs() ? " *" : "");
}

}  // namespace

report_values read_report(const std::string& path) {
  simdjson::dom::parser parser;
  report_values out;
  try {
    const simdjson::dom::element document = parser.load(path);
    for (const simdjson::dom::element point : document["points"].get_array()) {
      auto& figures = out[std::string(std::string_view(point["name"]))];
      for (const simdjson::dom::object sample : point["samples"].get_array()) {
        for (const auto [name, value] : sample) {
          figures[std::string(name)].push_back(value.get_double());
        }
      }
    }
  } catch (const simdjson::simdjson_error& error) {
    throw std::runtime_error(fmt::format("{}: no report of this bench: {}", path, error.what()));
  }
  return out;
}

std::string compare_text(const report_values& a, const report_values& b) {
  std::string out;
  for (const auto& [name, before] : a) {
    const auto after = b.find(name);
    if (after == b.end()) {
      continue;
    }
    out += name + "\n";
    for (const std::string_view figure : compared) {
      const std::string key(figure);
      const auto old_values = before.find(key);
      const auto new_values = after->second.find(key);
      if (old_values != before.end() && new_values != after->second.end()) {
        out += figure_text(figure, old_values->second, new_values->second);
      }
    }
  }
  return out + missing_text(a, b, "A") + missing_text(b, a, "B");
}

}  // namespace repute::bench
