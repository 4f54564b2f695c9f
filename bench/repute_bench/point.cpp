// SPDX-License-Identifier: Apache-2.0
#include "repute_bench/point.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace repute::bench {

namespace {

double per(double amount, std::uint64_t count) {
  return count == 0 ? 0 : amount / static_cast<double>(count);
}
double us_at(const sample& s, double share) {
  return static_cast<double>(s.load.latency.at_share(share)) / 1e3;
}
// Errors are packets, too: BUSY costs a receive and a send.
std::uint64_t packets(const sample& s) {
  return s.load.replies + s.load.errors;
}

constexpr std::array<figure, 21> figures{{
    {"replies_per_s", [](const sample& s) { return s.load.replies_per_s(); }},
    {"lookups_per_s", [](const sample& s) { return s.load.keys_per_s(); }},
    {"offered_per_s", [](const sample& s) { return s.load.offered_per_s(); }},
    {"lost_share", [](const sample& s) { return s.load.lost_share(); }},
    {"errors_per_s",
     [](const sample& s) {
       return s.load.seconds > 0 ? static_cast<double>(s.load.errors) / s.load.seconds : 0;
     }},
    {"wrong", [](const sample& s) { return static_cast<double>(s.load.wrong); }},
    {"unmatched", [](const sample& s) { return static_cast<double>(s.load.unmatched); }},
    {"kernel_drops", [](const sample& s) { return static_cast<double>(s.drops); }},
    {"cpu_ns_per_packet",
     [](const sample& s) { return per(static_cast<double>(s.cpu_ns), packets(s)); }},
    {"cpu_ns_per_lookup",
     [](const sample& s) { return per(static_cast<double>(s.cpu_ns), s.load.keys); }},
    {"cpu_share",
     [](const sample& s) {
       return s.load.seconds > 0 ? static_cast<double>(s.cpu_ns) / (s.load.seconds * 1e9) : 0;
     }},
    {"p50_us", [](const sample& s) { return us_at(s, 0.5); }},
    {"p90_us", [](const sample& s) { return us_at(s, 0.9); }},
    {"p99_us", [](const sample& s) { return us_at(s, 0.99); }},
    {"p99_9_us", [](const sample& s) { return us_at(s, 0.999); }},
    {"max_us", [](const sample& s) { return static_cast<double>(s.load.latency.max_ns()) / 1e3; }},
    {"mean_us", [](const sample& s) { return s.load.latency.mean_ns() / 1e3; }},
    {"request_bytes",
     [](const sample& s) {
       return per(static_cast<double>(s.load.request_bytes), s.load.requests);
     }},
    {"reply_bytes",
     [](const sample& s) { return per(static_cast<double>(s.load.reply_bytes), packets(s)); }},
    {"listed_share",
     [](const sample& s) { return per(static_cast<double>(s.load.listed), s.load.keys); }},
    {"window_min", [](const sample& s) { return static_cast<double>(s.load.window_min); }},
}};

std::string load_name(const drive& load) {
  switch (load.mode) {
    case load_mode::maximum:
      return "maximum";
    case load_mode::rate:
      return fmt::format("{:.0f}/s", load.value);
    case load_mode::share:
      break;
  }
  return fmt::format("{:.0f} %", load.value * 100);
}

}  // namespace

std::string point::name() const {
  const std::string asked =
      keys ? fmt::format("{} key{}", *keys, *keys == 1 ? "" : "s") : std::string("mail");
  return fmt::format("{}, {}, {}", target, asked, load_name(load));
}

std::span<const figure> all_figures() {
  return figures;
}

std::vector<double> measured_point::values(std::string_view figure_name) const {
  const auto wanted = std::find_if(figures.begin(), figures.end(),
                                   [&](const figure& f) { return f.name == figure_name; });
  std::vector<double> out;
  for (const sample& each : samples) {
    out.push_back(wanted->of(each));
  }
  return out;
}

std::vector<point> make_plan(const plan_wishes& wishes) {
  std::vector<point> out;
  const auto is_share = [](const drive& load) { return load.mode == load_mode::share; };
  const bool needs_maximum =
      std::any_of(wishes.loads.begin(), wishes.loads.end(), is_share) &&
      std::find(wishes.loads.begin(), wishes.loads.end(), drive{}) == wishes.loads.end();
  std::vector<drive> loads = wishes.loads;
  if (needs_maximum) {
    loads.insert(loads.begin(), drive{});
  }
  // A share needs its maximum first.
  std::stable_partition(loads.begin(), loads.end(), [&](const drive& d) { return !is_share(d); });
  for (const auto& keys : wishes.keys) {
    for (const drive& load : loads) {
      for (const std::string& target : wishes.targets) {
        out.push_back({target, keys, load});
      }
    }
  }
  return out;
}

std::optional<drive> parse_drive(std::string_view word) {
  if (word == "max") {
    return drive{};
  }
  const bool percent = word.ends_with('%');
  const std::string_view digits = word.substr(0, word.size() - (percent ? 1 : 0));
  std::uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stop != end || value == 0 || value > 1'000'000'000) {
    return std::nullopt;
  }
  return percent ? drive{load_mode::share, static_cast<double>(value) / 100}
                 : drive{load_mode::rate, static_cast<double>(value)};
}

std::vector<drive> sweep_loads() {
  std::vector<drive> out{drive{}};
  for (const double percent : {5, 10, 20, 30, 40, 50, 60, 70, 80, 85, 90, 95, 100, 110, 120}) {
    out.push_back({load_mode::share, percent / 100});
  }
  return out;
}

}  // namespace repute::bench
