// SPDX-License-Identifier: Apache-2.0
#include "repute_bench/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <thread>

#include "repute/schema/wire.hpp"

namespace repute::bench {

namespace {

constexpr int exit_usage = 64;
constexpr std::uint64_t default_records = 1'000'000;
constexpr std::uint64_t rate_max = 1'000'000'000;

// Words as they are written; run_options are made of them once all are known.
struct run_words {
  run_options out;
  std::vector<std::size_t> keys;
  std::vector<std::string> rates;
  std::vector<std::string> kinds;
  bool mail_mix = false;
  bool maximum = false;
  bool sweep = false;
  std::vector<std::string> with_echo;
};

const std::array<std::string, 4> echo_modes{"recvfrom", "mmsg", "mmsg-gso", "gro-gso"};

std::optional<kind> kind_from_name(const std::string& text) {
  std::string upper = text;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  for (const kind each : all_kinds) {
    if (name(each) == upper && each != kind::text_sig) {
      return each;
    }
  }
  return std::nullopt;
}

CLI::Validator valid(const std::string& what, std::function<bool(const std::string&)> test) {
  return CLI::Validator(
      [what, test = std::move(test)](std::string& word) {
        return test(word) ? std::string() : fmt::format("'{}' is no {}", word, what);
      },
      what);
}

void add_target_options(CLI::App& app, run_words& to) {
  app.add_option("--server", to.out.server, "server to measure, HOST:PORT");
  app.add_option("--pid", to.out.server_pid, "its process, for its CPU time");
  app.add_flag("--self", to.out.self, "start reputed, beside this program, over made-up records")
      ->excludes("--server");
  app.add_flag("--sealed", to.out.sealed, "with --self: ask in sealed mode, too, by turns")
      ->needs("--self");
  app.add_option("--echo", to.out.echo_modes, "measure only bare echo servers of these modes")
      ->delimiter(',')
      ->check(CLI::IsMember(echo_modes))
      ->excludes("--self")
      ->excludes("--server");
  app.add_option("--with-echo", to.with_echo, "measure echo servers of these modes, too, by turns")
      ->delimiter(',')
      ->check(CLI::IsMember(echo_modes));
  app.add_option("--records", to.out.records,
                 fmt::format("records of the database [{} with --self]; with --server: it holds "
                             "that many of --self's, and hits are checked",
                             default_records));
  app.add_option("--db", to.out.database,
                 "with --self: folder of the database, kept and used again")
      ->needs("--self");
  app.add_option("--store", to.out.store, "with --self: mmap or memory")
      ->check(CLI::IsMember({"mmap", "memory"}))
      ->capture_default_str();
  app.add_option("--server-option", to.out.server_arguments,
                 "with --self: one more word of reputed's command line, may be repeated")
      ->needs("--self")
      ->allow_extra_args(false);
}

void add_load_options(CLI::App& app, run_words& to) {
  app.add_option("--keys-per-datagram", to.keys, "1 to 64, several with commas [1]")
      ->delimiter(',')
      ->check(CLI::Range(std::size_t{1}, wire::keys_max));
  app.add_flag("--mail-mix", to.mail_mix, "datagrams with the keys of a mail, 12 to 24");
  app.add_option("--kinds", to.kinds, "kinds of keys by turns, as host,ip4,url [host]")
      ->delimiter(',')
      ->check(valid("kind", [](const std::string& word) { return bool(kind_from_name(word)); }));
  app.add_option("--hits", to.out.hit_percent, "percent of keys that are listed")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  app.add_flag("--max", to.maximum, "maximum rate: as fast as answers come (default)");
  app.add_option("--rate", to.rates, "open loop: requests a second, or 50% of the maximum")
      ->delimiter(',')
      ->check(valid("rate", [](const std::string& word) { return bool(parse_drive(word)); }));
  app.add_flag("--rate-sweep", to.sweep, "open loop from 5 to 120 % of the maximum");
  app.add_option("--window", to.out.window, "maximum rate: requests outstanding")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_option("--sockets", to.out.sockets, "source sockets")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--deadline-ms", to.out.deadline_ms, "deadline told to the server [none]");
}

void add_report_options(CLI::App& app, run_words& to) {
  app.add_option("--duration", to.out.seconds, "seconds of each sample")
      ->check(CLI::Range(0.01, 3600.0))
      ->capture_default_str();
  app.add_option("--repeats", to.out.repeats, "samples of each point, by turns")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  to.out.generator_cpu = std::thread::hardware_concurrency() > 1 ? 1 : 0;
  app.add_option("--server-cpu", to.out.server_cpu, "CPU of servers started here")
      ->capture_default_str();
  app.add_option("--generator-cpu", to.out.generator_cpu, "CPU of this program")
      ->capture_default_str();
  app.add_option("--commit", to.out.commit, "what is measured [the commit of this build]");
  app.add_option("--json", to.out.json, "write all samples, for compare; - is standard output");
  app.add_option("--csv", to.out.csv, "write all samples as a table");
  app.add_option("--plot", to.out.plot, "draw with gnuplot, SVG");
}

run_options finished(run_words words) {
  run_options out = std::move(words.out);
  for (const std::size_t count : words.keys) {
    out.keys.emplace_back(count);
  }
  if (words.mail_mix) {
    out.keys.emplace_back(std::nullopt);
  }
  if (out.keys.empty()) {
    out.keys.emplace_back(1);
  }
  for (const std::string& word : words.kinds) {
    out.kinds.push_back(*kind_from_name(word));
  }
  if (out.kinds.empty()) {
    out.kinds.push_back(kind::host);
  }
  if (words.maximum || (words.rates.empty() && !words.sweep)) {
    out.loads.push_back({});
  }
  for (const std::string& rate : words.rates) {
    out.loads.push_back(*parse_drive(rate));
  }
  if (words.sweep) {
    out.loads = sweep_loads();
  }
  out.echo_modes.insert(out.echo_modes.end(), words.with_echo.begin(), words.with_echo.end());
  if (out.self && out.records == 0) {
    out.records = default_records;
  }
  return out;
}

void add_run(CLI::App& app, const commands& call, int& code) {
  auto* command = app.add_subcommand("run", "measure a server: rates, latency, CPU, losses");
  const auto words = std::make_shared<run_words>();
  add_target_options(*command, *words);
  add_load_options(*command, *words);
  add_report_options(*command, *words);
  command->callback([words, &call, &code] {
    if (!words->out.self && words->out.server.empty() && words->out.echo_modes.empty()) {
      throw CLI::RequiredError("--self, --server or --echo");
    }
    code = call.run(finished(*words));
  });
}

void add_drive(CLI::App& app, const commands& call, int& code) {
  auto* command = app.add_subcommand("drive", "one sample of any server, as JSON");
  const auto out = std::make_shared<drive_options>();
  const auto rate = std::make_shared<std::string>("max");
  command
      ->add_option("protocol", out->protocol,
                   "repute, sealed, sealed-bad-mac, sealed-bad-tag, echo, dns, dns-ip, "
                   "memcached-udp, memcached-tcp, redis or fuzzy")
      ->required();
  command->add_option("server", out->server, "HOST:PORT")->required();
  command->add_option("--pid", out->pids, "processes of the server, for their CPU time")
      ->delimiter(',');
  command->add_option("--records", out->records, "records that it holds");
  command->add_option("--hits", out->hit_percent, "percent of keys that are listed")
      ->check(CLI::Range(0, 100));
  command->add_option("--keys", out->keys, "keys of a request, where the protocol can")
      ->check(CLI::Range(1, 64));
  command->add_option("--seed", out->seed, "another one draws other keys");
  command->add_option("--rate", *rate, "requests a second, or max")
      ->check(valid("rate", [](const std::string& word) { return bool(parse_drive(word)); }));
  command->add_option("--window", out->window, "maximum rate: requests outstanding")
      ->check(CLI::Range(1, 4096));
  command->add_option("--sockets", out->sockets, "source sockets or connections")
      ->check(CLI::Range(1, 1024));
  command->add_option("--duration", out->seconds, "seconds")->check(CLI::Range(0.01, 3600.0));
  command->add_option("--generator-cpu", out->generator_cpu, "CPU of this program");
  command->add_option("--credentials", out->credentials, "of the sealed protocols");
  command->callback([out, rate, &call, &code] {
    out->load = *parse_drive(*rate);
    code = call.drive(*out);
  });
}

void add_others(CLI::App& app, const commands& call, int& code) {
  auto* compare = app.add_subcommand("compare", "two JSON reports: ratios B / A with intervals");
  const auto files = std::make_shared<std::array<std::string, 2>>();
  compare->add_option("a", (*files)[0], "report before")->required();
  compare->add_option("b", (*files)[1], "report after")->required();
  compare->callback([files, &call, &code] { code = call.compare((*files)[0], (*files)[1]); });

  auto* data = app.add_subcommand("data", "made-up records for other servers, on standard output");
  const auto form = std::make_shared<std::string>();
  const auto records = std::make_shared<std::uint64_t>(default_records);
  data->add_option("form", *form, "dnset, ip4, zone, redis, fuzzy-redis, memcached or digests")
      ->required();
  data->add_option("records", *records, "how many")->check(CLI::Range(std::uint64_t{1}, rate_max));
  data->callback([form, records, &call, &code] { code = call.data(*form, *records); });

  auto* database =
      app.add_subcommand("database", "made-up records for reputed, as --self makes them");
  database->add_option("folder", *form, "new or empty folder")->required();
  database->add_option("records", *records, "how many")
      ->check(CLI::Range(std::uint64_t{1}, rate_max));
  database->callback([form, records, &call, &code] { code = call.database(*form, *records); });
}

}  // namespace

int dispatch(int argc, const char* const* argv, const commands& call) {
  CLI::App app("Measures servers of reputation data: Repute, echo servers, others.",
               "repute-bench");
  app.require_subcommand(1);
  int code = 0;
  add_run(app, call, code);
  add_drive(app, call, code);
  add_others(app, call, code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_usage;
  }
  return code;
}

}  // namespace repute::bench
