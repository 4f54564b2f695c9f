// SPDX-License-Identifier: Apache-2.0
// repute-bench: how fast a server is, and how close to the machine's limit.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "load_generator/clock.hpp"
#include "load_generator/peer_protocols.hpp"
#include "load_generator/repute_protocol.hpp"
#include "load_generator/sealed_protocol.hpp"
#include "repute_bench/compare.hpp"
#include "repute_bench/data_files.hpp"
#include "repute_bench/made_up_database.hpp"
#include "repute_bench/options.hpp"
#include "repute_bench/plot.hpp"
#include "repute_bench/report.hpp"
#include "repute_bench/runner.hpp"

namespace {

using namespace repute::bench;

constexpr int exit_usage = 64;
constexpr int exit_data = 65;
constexpr int exit_software = 70;

std::string compiler_text() {
#ifdef __clang__
  const char* name = "clang ";
#else
  const char* name = "gcc ";
#endif
  return std::string(REPUTE_BUILD_TYPE ", ") + name + __VERSION__;
}

// One line on a terminal, drawn again and again.
class progress_line {
 public:
  void operator()(std::size_t done, std::size_t all, const std::string& name) {
    if (::isatty(STDERR_FILENO) == 0) {
      return;
    }
    const std::string count = all == 0 ? "" : fmt::format("[{}/{}] ", done + 1, all);
    fmt::print(stderr, "\r\x1b[K{}{}", count, name);
    std::fflush(stderr);
    drawn_ = true;
  }
  void clear() {
    if (drawn_) {
      fmt::print(stderr, "\r\x1b[K");
    }
  }

 private:
  bool drawn_ = false;
};

void write_reports(const run_options& options, const run_report& report,
                   const circumstances& about) {
  if (options.json != "-" && options.csv != "-") {
    fmt::print("{}", to_text(report, about));
  }
  if (!options.json.empty()) {
    write_file(options.json, to_json(report, about));
  }
  if (!options.csv.empty()) {
    write_file(options.csv, to_csv(report, about));
  }
  if (options.plot.empty()) {
    return;
  }
  const auto script = plot_script(report.points, options.plot);
  const auto problem = script ? draw(*script) : "fewer than two dots";
  if (problem) {
    fmt::print(stderr, "repute-bench: no plot: {}\n", *problem);
  }
}

// Answers that are wrong make all figures worthless.
int judge(const run_report& report) {
  for (const measured_point& each : report.points) {
    for (const sample& one : each.samples) {
      if (one.load.wrong != 0) {
        fmt::print(stderr, "repute-bench: {}: {} wrong answers\n", each.at.name(), one.load.wrong);
        return exit_data;
      }
      if (one.load.replies + one.load.errors == 0) {
        fmt::print(stderr, "repute-bench: {}: no answers\n", each.at.name());
        return exit_data;
      }
    }
  }
  return 0;
}

int run(const run_options& options, const std::vector<std::string>& command) {
  progress_line line;
  const run_report report = run_plan(
      options,
      [&](std::size_t done, std::size_t all, const std::string& name) { line(done, all, name); });
  line.clear();
  write_reports(options, report,
                {.machine = this_machine(),
                 .commit = options.commit.empty() ? REPUTE_COMMIT : options.commit,
                 .build = compiler_text(),
                 .command = command,
                 .records = options.records,
                 .store = options.self ? options.store : ""});
  return judge(report);
}

std::optional<peer_choice> choose_sealed(const drive_options& options, repute_workload load) {
  auto read = repute::seal::read_credentials(options.credentials);
  if (const auto* failed = std::get_if<repute::seal::secret_file_failure>(&read)) {
    fmt::print(stderr, "repute-bench: {}\n", failed->message);
    return std::nullopt;
  }
  const spoilt wrong = options.protocol == "sealed-bad-mac"   ? spoilt::mac
                       : options.protocol == "sealed-bad-tag" ? spoilt::tag
                                                              : spoilt::no;
  return peer_choice{
      std::make_unique<sealed_protocol>(std::move(load), std::get<repute::seal::credentials>(read),
                                        unix_now_s(), wrong),
      false};
}

std::optional<peer_choice> choose(const drive_options& options) {
  const bool sealed = options.protocol.starts_with("sealed");
  if (options.protocol != "repute" && options.protocol != "echo" && !sealed) {
    return choose_peer(options.protocol, {.held = options.records,
                                          .hit_percent = options.hit_percent,
                                          .seed = options.seed,
                                          .keys = options.keys});
  }
  const std::array kinds{repute::kind::host};
  const repute_workload load{.mix = request_mix::fixed(options.keys, kinds),
                             .held = record_counts::of(options.records),
                             .hit_percent = options.hit_percent,
                             .seed = options.seed};
  if (sealed) {
    return choose_sealed(options, load);
  }
  if (options.protocol == "echo") {
    return peer_choice{std::make_unique<echo_protocol>(load), false};
  }
  return peer_choice{std::make_unique<repute_protocol>(load), false};
}

int drive_server(const drive_options& options) {
  auto peer = choose(options);
  if (!peer) {
    fmt::print(stderr, "repute-bench: '{}' is no protocol\n", options.protocol);
    return exit_usage;
  }
  if (!pin_to_cpu(options.generator_cpu)) {
    fmt::print(stderr, "repute-bench: there is no CPU {}\n", options.generator_cpu);
    return exit_usage;
  }
  const bool open_loop = options.load.mode == load_mode::rate;
  const sample out =
      take_sample(options.server, *peer->protocol,
                  {.pids = options.pids,
                   .rate_per_s = open_loop ? static_cast<std::uint64_t>(options.load.value) : 0,
                   .window = options.window,
                   .sockets = options.sockets,
                   .seconds = options.seconds,
                   .stream = peer->stream});
  fmt::print("{}\n", sample_json(out));
  return 0;
}

int write_made_up(const std::string& form, std::uint64_t records) {
  if (!write_data(form, records, stdout)) {
    fmt::print(stderr, "repute-bench: '{}' is no form of data\n", form);
    return exit_usage;
  }
  return std::fflush(stdout) == 0 ? 0 : exit_software;
}

int make_made_up(const std::string& folder, std::uint64_t records) {
  progress_line line;
  make_database(folder, records, [&](std::string_view stage, double done) {
    line(0, 0, fmt::format("{} {:.0f} %", stage, done * 100));
  });
  line.clear();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> command(argv + 1, argv + argc);
  try {
    return dispatch(argc, argv,
                    {.run = [&](const run_options& options) { return run(options, command); },
                     .drive = drive_server,
                     .compare =
                         [](const std::string& a, const std::string& b) {
                           fmt::print("{}", compare_text(read_report(a), read_report(b)));
                           return 0;
                         },
                     .data = write_made_up,
                     .database = make_made_up});
  } catch (const std::exception& error) {
    fmt::print(stderr, "repute-bench: {}\n", error.what());
    return exit_software;
  }
}
