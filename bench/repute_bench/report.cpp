// SPDX-License-Identifier: Apache-2.0
#include "repute_bench/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <stdexcept>

namespace repute::bench {

namespace {

std::string mode_word(load_mode mode) {
  switch (mode) {
    case load_mode::maximum:
      return "max";
    case load_mode::rate:
      return "rate";
    case load_mode::share:
      break;
  }
  return "share";
}

std::string keys_word(const point& at) {
  return at.keys ? fmt::format("{}", *at.keys) : "mail";
}

std::string point_json(const measured_point& from) {
  std::string samples;
  for (const sample& each : from.samples) {
    samples += (samples.empty() ? "\n    " : ",\n    ") + sample_json(each);
  }
  return fmt::format(R"({{"name":{},"target":{},"keys":{},"mode":"{}","value":{},"samples":[{}]}})",
                     json_text(from.at.name()), json_text(from.at.target),
                     json_text(keys_word(from.at)), mode_word(from.at.load.mode),
                     from.at.load.value, samples);
}

std::string machine_json(const machine_facts& from) {
  return fmt::format(R"({{"cpu":{},"cores":{},"kernel":{},"memory_mib":{},"huge_pages":{}}})",
                     json_text(from.cpu), from.cores, json_text(from.kernel), from.memory_mib,
                     json_text(from.huge_pages));
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

// Large numbers in thousands and millions: nobody compares the seventh digit.
std::string short_number(double value) {
  if (value >= 1e6) {
    return fmt::format("{:.2f} M", value / 1e6);
  }
  return value >= 1e3 ? fmt::format("{:.1f} k", value / 1e3) : fmt::format("{:.0f}", value);
}

std::string row_text(const measured_point& from) {
  const auto median = [&](std::string_view name) { return spread_of(from.values(name)).median; };
  const spread rate = spread_of(from.values("replies_per_s"));
  return fmt::format(
      "{:<34} {:>9} [{:>8}..{:>8}] {:>9} {:>7.0f} {:>6.0f} {:>8.1f} {:>8.1f} "
      "{:>8.1f} {:>7.3f} {:>8} {:>5.0f}\n",
      from.at.name(), short_number(rate.median), short_number(rate.least), short_number(rate.most),
      short_number(median("lookups_per_s")), median("cpu_ns_per_packet"),
      median("cpu_ns_per_lookup"), median("p50_us"), median("p99_us"), median("p99_9_us"),
      100 * median("lost_share"), short_number(median("errors_per_s")),
      spread_of(from.values("wrong")).most);
}

std::string head_text(const circumstances& about) {
  const machine_facts& machine = about.machine;
  std::string out = fmt::format("{}, {} cores, {} MiB, {}, huge pages: {}\ncommit {}, {}\n",
                                machine.cpu, machine.cores, machine.memory_mib, machine.kernel,
                                machine.huge_pages, about.commit, about.build);
  if (about.records != 0) {
    out += fmt::format("{} records{}{}\n", about.records, about.store.empty() ? "" : ", store ",
                       about.store);
  }
  return out;
}

std::vector<double> paired(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> out;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (b[i] != 0) {
      out.push_back(a[i] / b[i]);
    }
  }
  return out;
}

void add_ratio(std::vector<ratio_row>& to, const measured_point& a, const measured_point& b,
               std::string_view figure_name) {
  const std::vector<double> ratios = paired(a.values(figure_name), b.values(figure_name));
  if (!ratios.empty()) {
    to.push_back({fmt::format("{}: {} / {}", figure_name, a.at.name(),
                              b.at.target == a.at.target ? b.at.name() : b.at.target),
                  spread_of(ratios)});
  }
}

}  // namespace

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char each : text) {
    if (each == '"' || each == '\\') {
      out += '\\';
      out += each;
    } else if (static_cast<unsigned char>(each) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(each));
    } else {
      out += each;
    }
  }
  return out + '"';
}

std::string sample_json(const sample& from) {
  std::string out = "{";
  for (const figure& each : all_figures()) {
    out += fmt::format(R"({}"{}":{:.6g})", out.size() == 1 ? "" : ",", each.name, each.of(from));
  }
  return out + "}";
}

std::string to_json(const run_report& report, const circumstances& about) {
  std::string words;
  for (const std::string& word : about.command) {
    words += (words.empty() ? "" : ",") + json_text(word);
  }
  std::string points;
  for (const measured_point& each : report.points) {
    points += (points.empty() ? "\n  " : ",\n  ") + point_json(each);
  }
  const memory_use& memory = report.server_memory;
  return fmt::format(
      R"({{"bench":"repute-bench","format":1,"machine":{},"commit":{},"build":{},"command":[{}],
 "server":{{"store":{},"records":{},"pss_kib":{},"anonymous_huge_kib":{},"file_huge_kib":{},
  "counters":{}}},
 "points":[{}]}}
)",
      machine_json(about.machine), json_text(about.commit), json_text(about.build), words,
      json_text(about.store), about.records, memory.pss_kib, memory.anonymous_huge_kib,
      memory.file_huge_kib, report.server_counters.empty() ? "null" : report.server_counters,
      points);
}

std::string to_csv(const run_report& report, const circumstances& about) {
  std::string out =
      fmt::format("# {}; {} cores; {}; commit {}; {}; huge pages {}\n# {}\n", about.machine.cpu,
                  about.machine.cores, about.machine.kernel, about.commit, about.build,
                  about.machine.huge_pages, joined(about.command));
  const memory_use& memory = report.server_memory;
  out += fmt::format(
      "# records {}; store {}; pss {} KiB; anonymous huge {} KiB; file huge {} KiB\n",
      about.records, about.store, memory.pss_kib, memory.anonymous_huge_kib, memory.file_huge_kib);
  out += "target,keys,mode,value,repeat";
  for (const figure& each : all_figures()) {
    out += fmt::format(",{}", each.name);
  }
  out += '\n';
  for (const measured_point& at : report.points) {
    for (std::size_t repeat = 0; repeat < at.samples.size(); ++repeat) {
      out += fmt::format("{},{},{},{},{}", at.at.target, keys_word(at.at),
                         mode_word(at.at.load.mode), at.at.load.value, repeat + 1);
      for (const figure& each : all_figures()) {
        out += fmt::format(",{:.6g}", each.of(at.samples[repeat]));
      }
      out += '\n';
    }
  }
  return out;
}

std::vector<ratio_row> ratios_of(const std::vector<measured_point>& points) {
  std::vector<ratio_row> out;
  for (const measured_point& a : points) {
    const bool maximum = a.at.load.mode == load_mode::maximum;
    for (const measured_point& b : points) {
      const bool same_load = a.at.load == b.at.load;
      if (same_load && a.at.keys == b.at.keys && a.at.target == points.front().at.target &&
          b.at.target != a.at.target) {
        if (maximum) {
          add_ratio(out, a, b, "replies_per_s");
        } else {
          add_ratio(out, a, b, "p50_us");
          add_ratio(out, a, b, "p99_us");
        }
      }
      if (same_load && maximum && a.at.target == points.front().at.target &&
          b.at.target == a.at.target && b.at.keys == 1 && a.at.keys != b.at.keys) {
        add_ratio(out, a, b, "lookups_per_s");
      }
    }
  }
  return out;
}

std::string to_text(const run_report& report, const circumstances& about) {
  std::string out = head_text(about);
  const memory_use& memory = report.server_memory;
  if (memory.pss_kib != 0) {
    out += fmt::format("server memory {} MiB, of it huge pages: plain {}, files {} MiB\n",
                       memory.pss_kib / 1024, memory.anonymous_huge_kib / 1024,
                       memory.file_huge_kib / 1024);
  }
  out +=
      fmt::format("\n{:<34} {:>9} {:>20} {:>9} {:>7} {:>6} {:>8} {:>8} {:>8} {:>7} {:>8} {:>5}\n",
                  "point (medians of repeats)", "replies/s", "[least..most]", "lookups/s", "ns/pkt",
                  "ns/key", "p50 us", "p99 us", "p99.9 us", "lost %", "errors/s", "wrong");
  for (const measured_point& each : report.points) {
    out += row_text(each);
  }
  const auto ratios = ratios_of(report.points);
  out += ratios.empty() ? "" : "\nratios within repeats: median [least..most]\n";
  for (const ratio_row& row : ratios) {
    out += fmt::format("{:<70} {:.2f} [{:.2f}..{:.2f}]\n", row.what, row.ratio.median,
                       row.ratio.least, row.ratio.most);
  }
  return out;
}

void write_file(const std::string& path, const std::string& text) {
  if (path == "-") {
    fmt::print("{}", text);
    return;
  }
  std::ofstream file(path);
  file << text;
  file.close();
  if (!file) {
    throw std::runtime_error(path + ": cannot be written");
  }
}

}  // namespace repute::bench
