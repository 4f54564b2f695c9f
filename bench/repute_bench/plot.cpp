// SPDX-License-Identifier: Apache-2.0
#include "repute_bench/plot.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "repute_bench/statistics.hpp"

namespace repute::bench {

namespace {

constexpr int shell_found_nothing = 127;

// gnuplot doubles a quote within quotes.
std::string gnuplot_quoted(const std::string& text) {
  std::string out = "'";
  for (const char each : text) {
    out += each == '\'' ? "''" : std::string(1, each);
  }
  return out + "'";
}

std::string head(const std::string& path) {
  return fmt::format(
      "set terminal svg size 900,600 background rgb 'white' font 'sans-serif,13'\n"
      "set output {}\nset grid\nset key top left\n",
      gnuplot_quoted(path));
}

std::string label_of(const point& at) {
  return at.target + ", " +
         (at.keys ? fmt::format("{} key{}", *at.keys, *at.keys == 1 ? "" : "s") : "mail");
}

struct latency_dot {
  load_point load;
  double p99_us = 0;
};
using latency_curves = std::map<std::string, std::vector<latency_dot>>;

latency_curves curves_of(const std::vector<measured_point>& points) {
  latency_curves out;
  for (const measured_point& each : points) {
    if (each.at.load.mode != load_mode::maximum) {
      const auto median = [&](const char* name) { return spread_of(each.values(name)).median; };
      out[label_of(each.at)].push_back(
          {{median("offered_per_s"), median("replies_per_s"), median("p50_us")}, median("p99_us")});
    }
  }
  for (auto& [name, curve] : out) {
    std::sort(curve.begin(), curve.end(), [](const latency_dot& a, const latency_dot& b) {
      return a.load.offered_per_s < b.load.offered_per_s;
    });
  }
  return out;
}

std::string knee_mark(const std::string& name, const std::vector<latency_dot>& curve,
                      std::size_t number) {
  std::vector<load_point> loads;
  for (const latency_dot& dot : curve) {
    loads.push_back(dot.load);
  }
  const std::size_t knee = knee_of(loads);
  if (knee == loads.size()) {
    return {};
  }
  const double at = loads[knee].offered_per_s;
  return fmt::format(
      "set arrow from {0}, graph 0 to {0}, graph 1 nohead dashtype 2 linecolor {1}\n"
      "set label {2} at {0}, graph {3:.2f} right offset -0.5,0\n",
      at, number, gnuplot_quoted(fmt::format("knee of {}: {:.0f}/s", name, at)),
      0.95 - 0.05 * static_cast<double>(number));
}

std::string latency_script(const latency_curves& curves, const std::string& path) {
  std::string out = head(path) +
                    "set logscale y\nset xlabel 'offered datagrams a second'\n"
                    "set ylabel 'latency from the due time, us'\n";
  std::string lines;
  std::size_t number = 0;
  for (const auto& [name, curve] : curves) {
    ++number;
    out += fmt::format("$c{} << EOD\n", number);
    for (const latency_dot& dot : curve) {
      out += fmt::format("{} {} {}\n", dot.load.offered_per_s, dot.load.p50_us, dot.p99_us);
    }
    out += "EOD\n" + knee_mark(name, curve, number);
    lines += fmt::format(
        "{0}$c{1} using 1:2 with linespoints linecolor {1} title {2}, "
        "$c{1} using 1:3 with linespoints linecolor {1} dashtype 3 title {3}",
        lines.empty() ? "plot " : ", ", number, gnuplot_quoted(name + " p50"),
        gnuplot_quoted(name + " p99"));
  }
  return out + lines + "\n";
}

std::optional<std::string> throughput_script(const std::vector<measured_point>& points,
                                             const std::string& path) {
  std::map<std::string, std::map<std::size_t, spread>> curves;
  for (const measured_point& each : points) {
    if (each.at.keys) {
      curves[each.at.target][*each.at.keys] = spread_of(each.values("lookups_per_s"));
    }
  }
  std::string out = head(path) +
                    "set logscale x 2\nset yrange [0:*]\nset xlabel 'keys per datagram'\n"
                    "set ylabel 'keys answered a second'\n";
  std::string lines;
  std::size_t number = 0;
  for (const auto& [target, curve] : curves) {
    if (curve.size() < 2) {
      return std::nullopt;
    }
    out += fmt::format("$c{} << EOD\n", ++number);
    for (const auto& [keys, rate] : curve) {
      out += fmt::format("{} {} {} {}\n", keys, rate.median, rate.least, rate.most);
    }
    out += "EOD\n";
    lines += fmt::format("{0}$c{1} using 1:2:3:4 with yerrorlines linecolor {1} title {2}",
                         lines.empty() ? "plot " : ", ", number, gnuplot_quoted(target));
  }
  return lines.empty() ? std::nullopt : std::optional(out + lines + "\n");
}

}  // namespace

std::optional<std::string> plot_script(const std::vector<measured_point>& points,
                                       const std::string& path) {
  const latency_curves curves = curves_of(points);
  if (curves.empty()) {
    return throughput_script(points, path);
  }
  const bool joined = std::any_of(curves.begin(), curves.end(),
                                  [](const auto& curve) { return curve.second.size() > 1; });
  return joined ? std::optional(latency_script(curves, path)) : std::nullopt;
}

std::optional<std::string> draw(const std::string& script) {
  std::FILE* pipe = ::popen("gnuplot", "w");
  if (pipe == nullptr) {
    return "gnuplot cannot be started";
  }
  std::fwrite(script.data(), 1, script.size(), pipe);
  const int status = ::pclose(pipe);
  if (WIFEXITED(status) && WEXITSTATUS(status) == shell_found_nothing) {
    return "gnuplot is not installed (Debian package gnuplot-nox)";
  }
  return status == 0 ? std::nullopt : std::optional<std::string>("gnuplot failed");
}

}  // namespace repute::bench
