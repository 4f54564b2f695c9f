// SPDX-License-Identifier: Apache-2.0
#include "control/command_line.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <vector>

#include "control/exit_codes.hpp"

namespace repute::control {

namespace {

struct arguments {
  std::string config_file;
  std::string database;
  std::vector<std::string> listen;
  int workers = 0;
  std::string store;
  std::vector<std::string> trusted_keys;
  bool check_config = false;
  bool demo = false;
  bool no_sandbox = false;
};

void describe(CLI::App& app, arguments& out) {
  app.set_version_flag("--version", "reputed " REPUTE_VERSION);
  auto* config = app.add_option("--config", out.config_file, "configuration file (TOML)");
  auto* database =
      app.add_option("--db", out.database, "database directory, as written by `repute load`");
  app.add_option("--listen", out.listen,
                 fmt::format("UDP address and port, may be repeated [{}]", default_listen))
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--workers", out.workers, "threads for each address [one a core]")
      ->check(CLI::Range(1, workers_max));
  app.add_option("--store", out.store, "where the tables lie while serving [mmap]")
      ->check(CLI::IsMember({"mmap", "memory"}));
  auto* keys = app.add_option("--trusted-key", out.trusted_keys,
                              "serve only snapshots signed with this public key, may be repeated")
                   ->expected(1)
                   ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_flag("--check-config", out.check_config, "check the configuration file and leave")
      ->needs(config);
  app.add_flag("--demo", out.demo, "serve a temporary database of test points")
      ->excludes(database)
      ->excludes(keys);
  app.add_flag("--no-sandbox", out.no_sandbox,
               "keep the system calls that serving does not need (for debuggers and profilers)");
}

// Prints every mistake of the file; true if there are none.
bool read_file(command_line& out) {
  const auto problems = read_config_file(out.config_file, out.config);
  for (const config_problem& problem : problems) {
    fmt::print(stderr, "{}\n", to_string(out.config_file, problem));
  }
  return problems.empty();
}

// True if all keys are well-formed.
bool apply_keys(const std::vector<std::string>& words, config& out) {
  if (!words.empty()) {
    out.trusted_keys.clear();
  }
  for (const std::string& word : words) {
    const auto key = seal::parse_public_key(word);
    if (!key) {
      fmt::print(stderr, "--trusted-key: '{}' is no public key as `repute keys show` prints it\n",
                 word);
      return false;
    }
    out.trusted_keys.push_back(*key);
  }
  return true;
}

// True if all listen addresses and keys are well-formed.
bool apply(const arguments& from, config& out) {
  if (!from.database.empty()) {
    out.database = from.database;
  }
  if (from.workers != 0) {
    out.workers = from.workers;
  }
  if (!from.store.empty()) {
    (void)parse_storage_mode(from.store, out.store);  // checked by the option
  }
  if (!from.listen.empty()) {
    out.listen.clear();
  }
  for (const std::string& text : from.listen) {
    const auto address = net::parse_socket_address(text);
    if (!address) {
      fmt::print(stderr, "--listen: '{}' is no address and port, like 127.0.0.1:7060\n", text);
      return false;
    }
    out.listen.push_back(*address);
  }
  return apply_keys(from.trusted_keys, out);
}

}  // namespace

std::optional<int> parse_command_line(int argc, const char* const* argv, command_line& out) {
  CLI::App app("reputed answers reputation queries over UDP from the snapshots of a directory.",
               "reputed");
  arguments given;
  describe(app, given);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_usage;
  }
  out.config_file = given.config_file;
  out.check_config = given.check_config;
  out.demo = given.demo;
  out.sandbox = !given.no_sandbox;
  if (!out.config_file.empty() && !read_file(out)) {
    return exit_config;
  }
  if (!apply(given, out.config)) {
    return exit_usage;
  }
  if (out.check_config) {
    fmt::print("{}: ok\n", out.config_file.string());
    return 0;
  }
  if (out.config.database.empty() && !out.demo) {
    fmt::print(stderr, "reputed: no database: give --db DIR, a configuration file, or --demo\n");
    return exit_usage;
  }
  return std::nullopt;
}

}  // namespace repute::control
