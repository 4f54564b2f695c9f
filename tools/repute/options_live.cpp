// SPDX-License-Identifier: Apache-2.0
// How the commands that speak to the server of a database directory are spelled.
#include <array>
#include <memory>

#include "cmd_counters.hpp"
#include "cmd_override.hpp"
#include "cmd_put.hpp"
#include "command.hpp"
#include "repute/schema/kind.hpp"

namespace repute::tool {
namespace {

struct spelled {
  change_options options;
  std::string kind;
};

void add_common(CLI::App& app, spelled& into) {
  add_database_option(app, into.options.db);
  add_kind_option(app, into.kind, "What the keys are, instead of recognising each");
  app.add_option("--match", into.options.match,
                 "Names: exact, subdomains, both (the name and all under it)")
      ->type_name("M")
      ->capture_default_str();
  app.add_option("--who", into.options.who, "Who says it, else the login name")->type_name("NAME");
  app.add_flag("--json", into.options.json, "One JSON object a line");
  add_psl_option(app, into.options.psl_file);
  app.add_option("KEY", into.options.keys,
                 "Address, network, name, URL, digest, ...; - reads lines")
      ->type_name("")
      ->required();
}

void add_verdict(CLI::App& app, spelled& into, const char* verdicts) {
  app.add_option("--verdict", into.options.verdict, verdicts)->type_name("V")->required();
  app.add_option("--reason", into.options.reason, "Why")->type_name("TEXT")->required();
  app.add_option("--score", into.options.score, "From -1000 (best) to 1000 (worst)")
      ->type_name("N")
      ->check(CLI::Range(-1000, 1000))
      ->capture_default_str();
}

runner run_with(const std::shared_ptr<spelled>& said, int (*command)(const change_options&)) {
  return [said, command] {
    said->options.kind = subject_from_word(said->kind);
    return command(said->options);
  };
}

runner add_put(CLI::App& app) {
  const auto said = std::make_shared<spelled>();
  said->options.match = "exact";
  app.footer(
      "Examples:\n"
      "  repute put --db DIR bad.example --verdict phishing --expires 24h --reason \"reported\"\n"
      "  tail -f reported | repute put --verdict spam --expires 1h --reason trap -\n\n"
      "In force at once and kept through restarts, loads and rollbacks, until it ends or `repute\n"
      "del` takes it back. Exit status: 0 in force, 65 a key is malformed or refused, 75 no "
      "server\n"
      "runs on the directory.");
  add_common(app, *said);
  add_verdict(app, *said, "spam, probable_spam, formal, trusted, blacklisted, phishing, malware");
  app.add_option("--expires", said->options.expires, "After this time, such as 24h, or never")
      ->type_name("TIME")
      ->required();
  return run_with(said, cmd_put);
}

runner add_del(CLI::App& app) {
  const auto said = std::make_shared<spelled>();
  app.footer(
      "Takes back what was put and hides what feeds say about the key itself, at once. Networks "
      "of\n"
      "feeds cannot be hidden so; override them. Exit status as of `repute put`.");
  add_common(app, *said);
  app.add_option("--reason", said->options.reason, "Why")->type_name("TEXT");
  return run_with(said, cmd_del);
}

runner add_override_add(CLI::App& app) {
  const auto said = std::make_shared<spelled>();
  app.footer(
      "Examples:\n"
      "  repute override add partner.example --verdict trusted --reason \"contract 17\"\n"
      "  repute override add 192.0.2.0/24 --verdict none --reason \"wrongly listed\" --expires "
      "30d\n\n"
      "Wins over every feed and over `repute put`, at once. Verdict none: not listed.");
  add_common(app, *said);
  add_verdict(app, *said,
              "none, spam, probable_spam, formal, trusted, blacklisted, phishing, malware");
  app.add_option("--expires", said->options.expires, "After this time, such as 30d; else never")
      ->type_name("TIME");
  return run_with(said, cmd_override_add);
}

runner add_override_del(CLI::App& app) {
  const auto said = std::make_shared<spelled>();
  add_common(app, *said);
  app.add_option("--reason", said->options.reason, "Why")->type_name("TEXT");
  return run_with(said, cmd_override_del);
}

runner add_override_list(CLI::App& app) {
  const auto options = std::make_shared<override_list_options>();
  add_database_option(app, options->db);
  app.add_flag("--json", options->json, "One JSON object a line");
  return [options] { return cmd_override_list(*options); };
}

runner add_counters(CLI::App& app) {
  const auto options = std::make_shared<counters_options>();
  app.footer(
      "Since it started, those above 0. Exit status: 0 shown, 75 no server runs on the directory.");
  add_database_option(app, options->db);
  app.add_flag("--json", options->json, "All of them, as one JSON object");
  return [options] { return cmd_counters(*options); };
}

constexpr std::array override_table{
    command{"add", "Say what holds whatever feeds say", add_override_add},
    command{"del", "Take an override back", add_override_del},
    command{"list", "List the overrides in force", add_override_list},
};
constexpr std::array table{
    command{"put", "List keys at once, on a running server", add_put},
    command{"del", "Take keys off at once, on a running server", add_del},
    command{"override", "The organisation's own entries, which always win", nullptr,
            override_table},
    command{"counters", "What a running server answered, and what it dropped and why",
            add_counters},
};

}  // namespace

std::span<const command> live_commands() noexcept {
  return table;
}

}  // namespace repute::tool
