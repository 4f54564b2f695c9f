// SPDX-License-Identifier: Apache-2.0
// The repute command: one row per subcommand in `commands`, each in a file of its own. How options
// are spelled is known here and nowhere else.
#include <CLI/CLI.hpp>
#include <array>
#include <functional>
#include <memory>
#include <string>

#include "cmd_explain.hpp"
#include "cmd_load.hpp"
#include "cmd_lookup.hpp"
#include "cmd_ping.hpp"
#include "exit_codes.hpp"

namespace repute::tool {
namespace {

/// Runs the subcommand that was chosen, with the options that were read for it.
using runner = std::function<int()>;

void add_connection_options(CLI::App& app, connection_options& options) {
  app.add_option("-s,--server", options.servers,
                 "Server to ask, 127.0.0.1:7060 when not given; repeat it for several")
      ->type_name("HOST:PORT")
      ->allow_extra_args(false);
  app.add_option("--deadline", options.deadline_ms, "Wait at most this long for answers")
      ->type_name("MS")
      ->check(CLI::Range(1u, 60000u))
      ->capture_default_str();
  app.add_option("--salt", options.salt_file,
                 "Salt file of the deployment; else $REPUTE_DB/salt, else the public salt")
      ->type_name("FILE");
}

std::string known_subjects() {
  std::string words;
  for (const subject value : all_subjects) {
    words += (words.empty() ? "" : ", ") + std::string(word(value));
  }
  return words;
}

/// Reads a word of `kind`, for CLI::Option::check.
std::string check_subject(const std::string& text) {
  return subject_from_word(text) ? "" : "not a kind; kinds are " + known_subjects();
}

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
  app.add_option("-k,--kind", *kind, "What the keys are, instead of recognising each")
      ->type_name("KIND")
      ->check(check_subject);
  app.add_flag("--json", options->json, "One JSON object a line");
  app.add_option("--psl", options->psl_file,
                 "Public suffix list to use instead of the built-in one")
      ->type_name("FILE");
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

runner add_load(CLI::App& app) {
  const auto options = std::make_shared<load_options>();
  app.footer(
      "Examples:\n"
      "  repute load --db DIR feeds.toml\n"
      "  repute load --db DIR feeds.toml --max-rejects 10 --reject-file bad.csv\n"
      "  repute load --db DIR --feed mine --kind domain --verdict spam --match both names.txt\n\n"
      "A load replaces the rows of the feeds that it names; other feeds stay as they are.\n"
      "Exit status: 0 loaded, 65 bad rows, 66 no such file, 75 another load is running, 78 wrong\n"
      "feeds.toml. On any failure the snapshot in force stays in force.");
  app.add_option("--db", options->db, "Database directory, else $REPUTE_DB")->type_name("DIR");
  app.add_option("FILE", options->files, "feeds.toml, or the files of --feed; - is standard input")
      ->type_name("")
      ->required();
  app.add_option("--feed", options->feed, "Name of the one feed to load")->type_name("NAME");
  app.add_option("--format", options->format, "list, csv, tsv, hosts, misp")
      ->type_name("F")
      ->capture_default_str();
  app.add_option("-k,--kind", options->kind, "What the keys are")
      ->type_name("K")
      ->check(check_subject);
  app.add_option("--verdict", options->verdict,
                 "spam, probable_spam, formal, trusted, blacklisted, phishing, malware")
      ->type_name("V");
  app.add_option("--match", options->match, "Names: exact, subdomains, both")
      ->type_name("M")
      ->capture_default_str();
  app.add_option("--score", options->score, "Score of every row")
      ->type_name("N")
      ->check(CLI::Range(-1000, 1000))
      ->capture_default_str();
  app.add_option("--expires", options->expires, "Rows end this long after the load, such as 30d")
      ->type_name("TIME");
  app.add_flag("--only", options->only, "Start empty: drop every feed that is not named");
  app.add_flag("--dry-run", options->dry_run, "Read, check and count, write nothing");
  app.add_option("--max-rejects", options->max_rejects, "Load although so many rows are bad")
      ->type_name("N|P%");
  app.add_option("--reject-file", options->reject_file, "Write bad rows with their reasons to it")
      ->type_name("FILE");
  app.add_option("--psl", options->psl_file,
                 "Public suffix list to use instead of the built-in one")
      ->type_name("FILE");
  app.add_flag("--json", options->json, "End with one JSON object");
  app.add_flag("--no-progress", options->no_progress, "No progress line on a terminal");
  return [options] { return cmd_load(*options); };
}

runner add_explain(CLI::App& app) {
  const auto options = std::make_shared<explain_options>();
  const auto kind = std::make_shared<std::string>();
  app.footer(
      "Examples:\n"
      "  repute explain --db DIR mail.example.com\n"
      "  repute explain --db DIR --json 192.0.2.17");
  app.add_option("--db", options->db, "Database directory, else $REPUTE_DB")->type_name("DIR");
  app.add_option("-k,--kind", *kind, "What the keys are, instead of recognising each")
      ->type_name("KIND")
      ->check(check_subject);
  app.add_flag("--json", options->json, "One JSON object a line");
  app.add_option("--psl", options->psl_file,
                 "Public suffix list to use instead of the built-in one")
      ->type_name("FILE");
  app.add_option("KEY", options->keys, "What to explain")->type_name("")->required();
  return [options, kind] {
    options->kind = subject_from_word(*kind);
    return cmd_explain(*options);
  };
}

struct command {
  const char* name;
  const char* summary;
  runner (*add)(CLI::App&);
};
constexpr std::array commands{
    command{"load", "Compile feeds into a new snapshot", add_load},
    command{"explain", "Say which feed and line made a key what it is", add_explain},
    command{"lookup", "Ask servers about addresses, names, URLs, digests", add_lookup},
    command{"ping", "Ask servers how they are", add_ping},
};

int run(int argc, char** argv) {
  CLI::App app("Repute: a private reputation network for mail filters", "repute");
  app.set_version_flag("--version", "repute " REPUTE_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Environment: REPUTE_SERVER servers to ask, separated by commas or blanks; REPUTE_DB "
      "database\n"
      "directory. `repute COMMAND --help` tells more about a command.");
  int result = exit_ok;
  for (const command& one : commands) {
    CLI::App& sub = *app.add_subcommand(one.name, one.summary);
    sub.callback([&result, go = one.add(sub)] { result = go(); });
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // --help and --version end with 0, all others are usage errors.
    return app.exit(error) == 0 ? exit_ok : exit_usage;
  }
  return result;
}

}  // namespace
}  // namespace repute::tool

int main(int argc, char** argv) {
  return repute::tool::run(argc, argv);
}
