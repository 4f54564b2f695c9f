// SPDX-License-Identifier: Apache-2.0
// The repute command. Each subcommand is a row of a table in options_*.cpp, which know how options
// are spelled, and a file of its own, which knows nothing of command lines.
#include <cstdio>
#include <system_error>

#include "command.hpp"
#include "exit_codes.hpp"

namespace repute::tool {
namespace {

int run(int argc, char** argv) {
  CLI::App app("Repute: a private reputation network for mail filters", "repute");
  app.set_version_flag("--version", "repute " REPUTE_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Environment: REPUTE_SERVER servers to ask, separated by commas or blanks; "
      "REPUTE_CREDENTIALS credentials file of sealed mode; REPUTE_DB "
      "database\n"
      "directory. `repute COMMAND --help` tells more about a command.");
  int result = exit_ok;
  for (const auto table : {data_commands(), live_commands(), snapshot_commands(),
                           signing_commands(), query_commands(), mail_commands()}) {
    add_commands(app, table, result);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // --help and --version end with 0, all others are usage errors.
    return app.exit(error) == 0 ? exit_ok : exit_usage;
  } catch (const std::system_error& failure) {  // of fmt::print, as a rule
    std::fprintf(stderr, "repute: %s\n", failure.what());
    return exit_io;
  }
  if (std::fflush(stdout) != 0) {
    std::perror("repute: standard output");
    return exit_io;
  }
  return result;
}

}  // namespace
}  // namespace repute::tool

int main(int argc, char** argv) {
  return repute::tool::run(argc, argv);
}
