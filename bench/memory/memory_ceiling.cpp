// SPDX-License-Identifier: Apache-2.0
// What memory itself allows: reads of random 64-byte lines over a footprint, as many in flight as
// the CPU can, and one after the other, with 4 KiB and with huge pages. No table that keeps its
// keys in lines can be faster than the first.
//   memory_ceiling --bytes 1520M [--repeats 5] [--seconds 0.5] [--cpu 0] [--json FILE]
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <vector>

#include "load_generator/clock.hpp"
#include "load_generator/engine.hpp"
#include "load_generator/made_up_keys.hpp"
#include "paged_memory.hpp"
#include "repute_bench/meters.hpp"
#include "repute_bench/report.hpp"
#include "repute_bench/statistics.hpp"
#include "store/scale.hpp"

namespace {

using namespace repute::bench;

constexpr std::size_t line_bytes = 64;
constexpr std::uint64_t round_reads = 1 << 14;  // between looks at the clock
constexpr std::uint64_t ahead = 24;             // reads asked for in advance, as the table does

// A random line of a footprint.
const std::uint8_t* line(const paged_memory& memory, std::uint64_t random) noexcept {
  return memory.data() + repute::store::scale(random, memory.size() / line_bytes) * line_bytes;
}

// Reads line after line, each asked for long before.
std::uint64_t read_ahead(const paged_memory& memory, std::uint64_t from) {
  std::uint64_t sum = 0;
  for (std::uint64_t i = from; i < from + round_reads; ++i) {
    __builtin_prefetch(line(memory, mixed(i + ahead)));
    sum += *line(memory, mixed(i));
  }
  return sum;
}

// Reads line after line, each found by what the one before it held.
std::uint64_t chase(const paged_memory& memory, std::uint64_t from) {
  std::uint64_t at = from;
  for (std::uint64_t i = 0; i < round_reads; ++i) {
    at = mixed(at + *line(memory, at));
  }
  return at;
}

// Nanoseconds a read.
template <class Round>
double measure(const paged_memory& memory, double seconds, Round round) {
  static std::uint64_t from = 1;
  const std::uint64_t begin = monotonic_ns();
  const auto end = begin + static_cast<std::uint64_t>(seconds * 1e9);
  std::uint64_t reads = 0;
  std::uint64_t now = begin;
  for (volatile std::uint64_t sink = 0; now < end; now = monotonic_ns()) {
    sink = round(memory, from);
    from = mixed(from + sink);
    reads += round_reads;
  }
  return static_cast<double>(now - begin) / static_cast<double>(reads);
}

struct row {
  std::string pages;
  std::uint64_t huge_kib = 0;  // found in huge pages
  std::vector<double> ahead_ns;
  std::vector<double> chase_ns;
};

row measure_pages(page_size pages, std::size_t bytes, unsigned repeats, double seconds) {
  row out;
  out.pages = pages == page_size::huge ? "huge" : "4 KiB";
  const paged_memory memory(bytes, pages);
  const std::array<pid_t, 1> self{::getpid()};
  out.huge_kib = memory_of(self).anonymous_huge_kib;
  for (unsigned i = 0; i < repeats; ++i) {
    out.ahead_ns.push_back(measure(memory, seconds, read_ahead));
    out.chase_ns.push_back(measure(memory, seconds, chase));
  }
  return out;
}

std::string row_json(const row& from) {
  return fmt::format(R"({{"pages":{},"huge_kib":{},"ahead_ns":[{:.4g}],"chase_ns":[{:.4g}]}})",
                     json_text(from.pages), from.huge_kib, fmt::join(from.ahead_ns, ","),
                     fmt::join(from.chase_ns, ","));
}

void print(const row& from) {
  const spread ahead_ns = spread_of(from.ahead_ns);
  const spread chase_ns = spread_of(from.chase_ns);
  fmt::print("{:<6} {:>10} MiB  {:>7.1f} [{:.1f}..{:.1f}] ns  {:>7.1f} [{:.1f}..{:.1f}] ns\n",
             from.pages, from.huge_kib / 1024, ahead_ns.median, ahead_ns.least, ahead_ns.most,
             chase_ns.median, chase_ns.least, chase_ns.most);
}

void run(std::size_t bytes, unsigned repeats, double seconds, const std::string& json) {
  fmt::print("{} MiB; ns a line: median [least..most] of {}\n", bytes >> 20, repeats);
  fmt::print("{:<6} {:>14}  {:>20}  {:>20}\n", "pages", "found huge", "prefetched", "dependent");
  std::string rows;
  for (const page_size pages : {page_size::small, page_size::huge}) {
    const row made = measure_pages(pages, bytes, repeats, seconds);
    print(made);
    rows += (rows.empty() ? "" : ",\n  ") + row_json(made);
  }
  if (!json.empty()) {
    const machine_facts machine = this_machine();
    write_file(json, fmt::format("{{\"bench\":\"memory_ceiling\",\"cpu\":{},\"kernel\":{},"
                                 "\"bytes\":{},\"rows\":[\n  {}]}}\n",
                                 json_text(machine.cpu), json_text(machine.kernel), bytes, rows));
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Reads random 64-byte lines: the ceiling of every table.", "memory_ceiling");
  std::uint64_t bytes = std::uint64_t{152} << 20;
  unsigned repeats = 5;
  double seconds = 0.5;
  unsigned cpu = 0;
  std::string json;
  app.add_option("--bytes", bytes, "footprint, as 1520M or 2G")
      ->transform(CLI::AsSizeValue(false))
      ->capture_default_str();
  app.add_option("--repeats", repeats)->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--seconds", seconds, "of each measurement")
      ->check(CLI::Range(0.001, 60.0))
      ->capture_default_str();
  app.add_option("--cpu", cpu)->capture_default_str();
  app.add_option("--json", json, "file for all repeats");
  CLI11_PARSE(app, argc, argv);
  try {
    if (!pin_to_cpu(cpu)) {
      throw std::runtime_error(fmt::format("there is no CPU {}", cpu));
    }
    run(bytes, repeats, seconds, json);
  } catch (const std::exception& error) {
    fmt::print(stderr, "memory_ceiling: {}\n", error.what());
    return 70;
  }
}
