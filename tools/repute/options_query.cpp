// SPDX-License-Identifier: Apache-2.0
// How the commands that ask servers are spelled.
#include <array>
#include <memory>

#include "cmd_lookup.hpp"
#include "cmd_ping.hpp"
#include "command.hpp"

namespace repute::tool {
namespace {

runner add_lookup(CLI::App& app) {
  const auto options = std::make_shared<lookup_options>();
  const auto kind = std::make_shared<std::string>();
  app.footer(
      "Examples:\n"
      "  repute lookup 127.0.0.2 test http://test/path\n"
      "  repute lookup --kind md5 --json 44d88612fea8a8f36de82e1278abb02f\n"
      "  tail -f names | repute lookup --server 192.0.2.1 --server 192.0.2.2 -\n\n"
      "Exit status: 0 all answered, 65 a key is malformed, 69 a key has no answer.");
  add_connection_options(app, options->connection);
  add_kind_option(app, *kind, "What the keys are, instead of recognising each");
  app.add_flag("--json", options->json, "One JSON object a line");
  add_psl_option(app, options->psl_file);
  app.add_option("KEY", options->keys, "What to look up; - reads lines from standard input")
      ->type_name("")
      ->required();
  return [options, kind] {
    options->kind = subject_from_word(*kind);
    return cmd_lookup(*options);
  };
}

runner add_ping(CLI::App& app) {
  const auto options = std::make_shared<ping_options>();
  app.footer(
      "Examples:\n"
      "  repute ping\n"
      "  repute ping --server 192.0.2.1 --server 192.0.2.2:7060 --count 10\n\n"
      "Exit status: 0 all well, 1 a server answers wrongly, 69 a server cannot serve.");
  add_connection_options(app, options->connection);
  app.add_option("-c,--count", options->count, "Pings to each server")
      ->type_name("N")
      ->check(CLI::Range(1u, 1000000u))
      ->capture_default_str();
  app.add_flag("--json", options->json, "One JSON object a line, one line a server");
  return [options] { return cmd_ping(*options); };
}

constexpr std::array commands{
    command{"lookup", "Ask servers about addresses, names, URLs, digests", add_lookup},
    command{"ping", "Ask servers how they are", add_ping},
};

}  // namespace

std::span<const command> query_commands() noexcept {
  return commands;
}

}  // namespace repute::tool
