// SPDX-License-Identifier: Apache-2.0
// How the commands that make snapshots and look into them are spelled.
#include <array>
#include <memory>

#include "cmd_explain.hpp"
#include "cmd_load.hpp"
#include "command.hpp"
#include "load/feed_spec.hpp"

namespace repute::tool {
namespace {

runner add_load(CLI::App& app) {
  const auto options = std::make_shared<load_options>();
  app.footer(
      "Examples:\n"
      "  repute load --db DIR feeds.toml\n"
      "  repute load --db DIR feeds.toml --max-rejects 10 --reject-file bad.csv\n"
      "  repute load --db DIR --feed mine --kind domain --verdict spam --match both names.txt\n"
      "  repute load --db DIR --only --from-export export.csv\n\n"
      "A load replaces the rows of the feeds that it names; other feeds stay as they are.\n"
      "Exit status: 0 loaded, 65 bad rows or refused by guards, 66 no such file, 75 another load "
      "is\n"
      "running or with --wait no server serves it, 78 wrong feeds.toml. On any failure the "
      "snapshot in force stays in force.");
  add_database_option(app, options->db);
  app.add_option("FILE", options->files, "feeds.toml, or the files of --feed; - is standard input")
      ->type_name("");
  app.add_option("--from-export", options->export_file,
                 "Load what `repute snapshot export` wrote; - is standard input")
      ->type_name("FILE");
  app.add_option("--feed", options->feed, "Name of the one feed to load")->type_name("NAME");
  app.add_option("--format", options->format, load::format_words())
      ->type_name("F")
      ->capture_default_str();
  add_kind_option(app, options->kind, "What the keys are, where the format does not say it");
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
  app.add_flag("--force", options->force, "Load although guards object");
  app.add_option("--max-rejects", options->max_rejects, "Load although so many rows are bad")
      ->type_name("N|P%");
  app.add_option("--reject-file", options->reject_file, "Write bad rows with their reasons to it")
      ->type_name("FILE");
  add_psl_option(app, options->psl_file);
  app.add_option("--sign-key", options->sign_key, "Secret key file that signs the snapshot")
      ->type_name("FILE");
  app.add_option("--servers", options->servers, "Signed list of servers to put in; none drops it")
      ->type_name("FILE|none");
  app.add_flag("--wait", options->wait, "Until the running server serves it, at most 30 s");
  app.add_flag("--json", options->json, "End with one JSON object");
  app.add_option("--progress", options->progress,
                 "line: one line, on a terminal only; json: one object a line, on standard error")
      ->type_name("STYLE")
      ->check(CLI::IsMember({"line", "json"}))
      ->capture_default_str();
  app.add_flag("--no-progress", options->no_progress, "No progress at all");
  app.add_option("--memory", options->memory,
                 "Memory for rows, such as 500M or 4G; beyond it they are sorted on the disk")
      ->type_name("SIZE");
  return [options] { return cmd_load(*options); };
}

runner add_explain(CLI::App& app) {
  const auto options = std::make_shared<explain_options>();
  const auto kind = std::make_shared<std::string>();
  app.footer(
      "Examples:\n"
      "  repute explain --db DIR mail.example.com\n"
      "  repute explain --db DIR --json 192.0.2.17");
  add_database_option(app, options->db);
  add_kind_option(app, *kind, "What the keys are, instead of recognising each");
  app.add_flag("--json", options->json, "One JSON object a line");
  add_psl_option(app, options->psl_file);
  app.add_option("KEY", options->keys, "What to explain")->type_name("")->required();
  return [options, kind] {
    options->kind = subject_from_word(*kind);
    return cmd_explain(*options);
  };
}

constexpr std::array commands{
    command{"load", "Compile feeds into a new snapshot", add_load},
    command{"explain", "Say which feed and line made a key what it is", add_explain},
};

}  // namespace

std::span<const command> data_commands() noexcept {
  return commands;
}

}  // namespace repute::tool
