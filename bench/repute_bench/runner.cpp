// SPDX-License-Identifier: Apache-2.0
#include "repute_bench/runner.hpp"

#include <fmt/format.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "load_generator/clock.hpp"
#include "load_generator/repute_protocol.hpp"
#include "load_generator/sealed_protocol.hpp"
#include "load_generator/sockets.hpp"
#include "repute_bench/made_up_database.hpp"

namespace repute::bench {

namespace {

constexpr double warm_up_s = 0.3;
constexpr double grace_s = 0.25;

std::uint64_t to_ns(double seconds) {
  return static_cast<std::uint64_t>(seconds * 1e9);
}

std::uint16_t port_of(const std::string& address) {
  return static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
}

// A folder that goes with its object, unless it was named by the caller.
class database_folder {
 public:
  explicit database_folder(const std::string& named) : path_(named), temporary_(named.empty()) {
    if (temporary_) {
      path_ = (std::filesystem::temp_directory_path() / "repute-bench-XXXXXX").string();
      if (::mkdtemp(path_.data()) == nullptr) {
        throw std::runtime_error(path_ + ": " + std::strerror(errno));
      }
    }
  }
  ~database_folder() {
    if (temporary_) {
      std::error_code ignored;
      std::filesystem::remove_all(path_, ignored);
    }
  }
  database_folder(const database_folder&) = delete;
  database_folder& operator=(const database_folder&) = delete;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
  bool temporary_;
};

// The answer of reputed's control socket to `stats`.
std::string ask_counters(const std::string& database) {
  const std::string path = database + "/control.sock";
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (path.size() >= sizeof to.sun_path) {
    return {};
  }
  std::copy(path.begin(), path.end(), std::begin(to.sun_path));
  const descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const std::string_view question = "{\"cmd\":\"stats\"}\n";
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 ||
      ::send(socket.get(), question.data(), question.size(), MSG_NOSIGNAL) < 0) {
    return {};
  }
  std::string answer;
  std::array<char, 4096> bytes{};
  while (answer.find('\n') == std::string::npos) {
    const ssize_t got = ::recv(socket.get(), bytes.data(), bytes.size(), 0);
    if (got <= 0) {
      return {};
    }
    answer.append(bytes.data(), static_cast<std::size_t>(got));
  }
  return answer.substr(0, answer.find('\n'));
}

// Servers of a run, started here or elsewhere.
class servers {
 public:
  servers(const run_options& options, const run_progress& progress);

  [[nodiscard]] const std::vector<std::string>& targets() const noexcept { return targets_; }
  [[nodiscard]] const std::string& address_of(const std::string& target) const {
    return addresses_.at(target);
  }
  [[nodiscard]] const std::vector<pid_t>& pids_of(const std::string& target) const {
    return pids_.at(target);
  }
  /// With which the target `sealed` is asked.
  [[nodiscard]] const seal::credentials& credentials() const { return credentials_.value(); }
  [[nodiscard]] std::string counters() const {
    return database_ ? ask_counters(database_->path()) : std::string();
  }

 private:
  void add(const std::string& target, const std::string& address, std::vector<pid_t> pids);
  void start(const std::string& target, const std::string& program,
             const std::vector<std::string>& arguments, unsigned cpu);
  void start_reputed(const run_options& options, const run_progress& progress);

  std::optional<database_folder> database_;
  std::optional<seal::credentials> credentials_;
  std::vector<server_child> children_;
  std::vector<std::string> targets_;
  std::map<std::string, std::string> addresses_;
  std::map<std::string, std::vector<pid_t>> pids_;
};

servers::servers(const run_options& options, const run_progress& progress) {
  if (options.self) {
    start_reputed(options, progress);
  } else if (!options.server.empty()) {
    add("server", options.server,
        options.server_pid == 0 ? std::vector<pid_t>() : std::vector<pid_t>{options.server_pid});
  }
  for (const std::string& mode : options.echo_modes) {
    start("echo " + mode, sibling_program("echo_server"), {"--mode", mode}, options.server_cpu);
  }
}

void servers::add(const std::string& target, const std::string& address, std::vector<pid_t> pids) {
  targets_.push_back(target);
  addresses_[target] = address;
  pids_[target] = std::move(pids);
}

void servers::start(const std::string& target, const std::string& program,
                    const std::vector<std::string>& arguments, unsigned cpu) {
  const server_child& child = children_.emplace_back(program, arguments, cpu);
  add(target, child.address(), {child.pid()});
}

void servers::start_reputed(const run_options& options, const run_progress& progress) {
  database_.emplace(options.database);
  if (!std::filesystem::exists(std::filesystem::path(database_->path()) / "CURRENT")) {
    make_database(database_->path(), options.records, [&](std::string_view stage, double done) {
      progress(0, 0, fmt::format("making the database: {} {:.0f} %", stage, done * 100));
    });
  }
  if (options.sealed) {
    credentials_ = let_client_in(database_->path());
  }
  progress(0, 0, "starting reputed");
  std::vector<std::string> arguments{"--db",        database_->path(), "--listen",
                                     "127.0.0.1:0", "--workers",       "1",
                                     "--store",     options.store};
  arguments.insert(arguments.end(), options.server_arguments.begin(),
                   options.server_arguments.end());
  start("reputed", sibling_program("reputed"), arguments, options.server_cpu);
  if (options.sealed) {
    add("sealed", address_of("reputed"), pids_of("reputed"));
  }
}

class plan_runner {
 public:
  plan_runner(const run_options& options, const run_progress& progress)
      : options_(options), progress_(progress), servers_(options, progress) {
    for (point& each : make_plan({servers_.targets(), options.keys, options.loads})) {
      report_.points.push_back({std::move(each), {}});
    }
  }

  run_report run() {
    if (!pin_to_cpu(options_.generator_cpu)) {
      throw std::runtime_error(fmt::format("there is no CPU {}", options_.generator_cpu));
    }
    const std::size_t all = report_.points.size() * options_.repeats;
    for (unsigned repeat = 0; repeat < options_.repeats; ++repeat) {
      for (measured_point& each : report_.points) {
        progress_(done_++, all, each.at.name() + last_);
        each.samples.push_back(measure(each.at));
        last_ = fmt::format(
            "  (before: {:.0f}/s, p50 {:.1f} us)", each.samples.back().load.replies_per_s(),
            static_cast<double>(each.samples.back().load.latency.at_share(0.5)) / 1e3);
      }
    }
    report_.server_memory = memory_of(servers_.pids_of(servers_.targets().front()));
    report_.server_counters = servers_.counters();
    return std::move(report_);
  }

 private:
  sample measure(const point& at);
  std::uint64_t rate_for(const point& at) const;
  std::unique_ptr<protocol> protocol_for(const point& at) const;

  const run_options& options_;
  const run_progress& progress_;
  servers servers_;
  run_report report_;
  std::size_t done_ = 0;
  std::string last_;  // what the sample before gave, for whoever watches
  std::map<std::optional<std::size_t>, double> maximum_;  // of the first target, by keys
};

std::unique_ptr<protocol> plan_runner::protocol_for(const point& at) const {
  repute_workload load{
      .mix = at.keys ? request_mix::fixed(*at.keys, options_.kinds) : request_mix::mail(),
      .held =
          options_.records == 0 ? std::nullopt : std::optional(record_counts::of(options_.records)),
      .hit_percent = options_.hit_percent,
      .deadline_ms = options_.deadline_ms,
      .seed = done_};  // other keys for each sample: no repeat finds its lines in the cache
  if (at.target.starts_with("echo")) {
    return std::make_unique<echo_protocol>(std::move(load));
  }
  if (at.target == "sealed") {
    return std::make_unique<sealed_protocol>(std::move(load), servers_.credentials(), unix_now_s());
  }
  return std::make_unique<repute_protocol>(std::move(load));
}

std::uint64_t plan_runner::rate_for(const point& at) const {
  switch (at.load.mode) {
    case load_mode::maximum:
      return 0;
    case load_mode::rate:
      return static_cast<std::uint64_t>(at.load.value);
    case load_mode::share:
      break;
  }
  // All targets get the same rate: their latencies are compared.
  return std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::llround(at.load.value * maximum_.at(at.keys))));
}

sample plan_runner::measure(const point& at) {
  const auto speaks = protocol_for(at);
  const sample out = take_sample(servers_.address_of(at.target), *speaks,
                                 {.pids = servers_.pids_of(at.target),
                                  .rate_per_s = rate_for(at),
                                  .window = options_.window,
                                  .sockets = options_.sockets,
                                  .seconds = options_.seconds});
  if (at.load.mode == load_mode::maximum && at.target == servers_.targets().front()) {
    maximum_[at.keys] = out.load.replies_per_s();
  }
  return out;
}

}  // namespace

sample take_sample(const std::string& to, protocol& speaks, const sample_wishes& wishes) {
  const auto address = parse_target(to);
  if (!address) {
    throw std::runtime_error(fmt::format("'{}' is no address and port, like 127.0.0.1:7060", to));
  }
  sample out;
  const std::uint16_t port = port_of(to);
  load_options load;
  load.rate_per_s = wishes.rate_per_s;
  load.window = wishes.window;
  load.sockets = wishes.sockets;
  load.warm_up_ns = to_ns(std::min(warm_up_s, wishes.seconds));
  load.measure_ns = to_ns(wishes.seconds);
  load.grace_ns = to_ns(grace_s);
  std::uint64_t cpu_before = 0;
  std::uint64_t drops_before = 0;
  load.at_begin = [&] {
    drops_before = udp_drops(port);
    cpu_before = cpu_ns_of(wishes.pids);
  };
  load.at_end = [&] {
    out.cpu_ns = cpu_ns_of(wishes.pids) - cpu_before;
    out.drops = udp_drops(port) - drops_before;
  };
  out.load = wishes.stream ? run_tcp(*address, speaks, load) : run_udp(*address, speaks, load);
  return out;
}

run_report run_plan(const run_options& options, const run_progress& progress) {
  return plan_runner(options, progress).run();
}

}  // namespace repute::bench
