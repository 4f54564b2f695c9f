// SPDX-License-Identifier: Apache-2.0
// How `repute snapshot ...` is spelled.
#include <array>
#include <memory>

#include "cmd_snapshot.hpp"
#include "command.hpp"

namespace repute::tool {
namespace {

constexpr const char* exit_codes =
    "Exit status: 0 done, 65 the snapshot is damaged, 66 no such snapshot, 75 another writer.";

void add_common_options(CLI::App& app, snapshot_options& options) {
  add_database_option(app, options.db);
  app.add_flag("--json", options.json, "One JSON object a line");
}

void add_generation(CLI::App& app, snapshot_options& options, const char* help) {
  app.add_option("N", options.generation, help)->type_name("")->check(CLI::PositiveNumber);
}

runner add_list(CLI::App& app) {
  const auto options = std::make_shared<snapshot_options>();
  add_common_options(app, *options);
  return [options] { return cmd_snapshot_list(*options); };
}

runner add_show(CLI::App& app) {
  const auto options = std::make_shared<snapshot_options>();
  add_common_options(app, *options);
  add_generation(app, *options, "Generation; else the one in force");
  return [options] { return cmd_snapshot_show(*options); };
}

runner add_stats(CLI::App& app) {
  const auto options = std::make_shared<snapshot_options>();
  add_common_options(app, *options);
  add_generation(app, *options, "Generation; else the one in force");
  return [options] { return cmd_snapshot_stats(*options); };
}

runner add_verify(CLI::App& app) {
  const auto options = std::make_shared<verify_options>();
  app.footer(exit_codes);
  add_common_options(app, *options);
  add_generation(app, *options, "Generation; else the one in force");
  app.add_flag("--all", options->all, "Every snapshot of the directory");
  return [options] { return cmd_snapshot_verify(*options); };
}

runner add_diff(CLI::App& app) {
  const auto options = std::make_shared<diff_options>();
  const auto kind = std::make_shared<std::string>();
  app.footer(
      "Examples:\n"
      "  repute snapshot diff              what the last load changed, the worst first\n"
      "  repute snapshot diff --summary 7  generation 7 against the one in force before\n"
      "  repute snapshot diff 5 7 --json --limit 100\n");
  add_common_options(app, *options);
  app.add_option("A", options->generation, "Generation to compare with; alone it is B")
      ->type_name("")
      ->check(CLI::PositiveNumber);
  app.add_option("B", options->other, "Generation; else the one in force")
      ->type_name("")
      ->check(CLI::PositiveNumber);
  app.add_flag("--summary", options->summary, "Counts alone, by severity and feed");
  app.add_option("--limit", options->limit, "Show so many changes at most")->type_name("COUNT");
  app.add_option("--feed", options->feed, "Rows of this feed only")->type_name("NAME");
  add_kind_option(app, *kind, "Keys of this kind only");
  return [options, kind] {
    options->kind = subject_from_word(*kind);
    return cmd_snapshot_diff(*options);
  };
}

runner add_export(CLI::App& app) {
  const auto options = std::make_shared<export_options>();
  app.footer(
      "Examples:\n"
      "  repute snapshot export -o all.csv\n"
      "  repute snapshot export 7 --format jsonl --feed mine | jq .text\n\n"
      "`repute load --from-export FILE` loads it back.");
  add_database_option(app, options->db);
  add_generation(app, *options, "Generation; else the one in force");
  app.add_option("--format", options->format, "csv (RFC 4180) or jsonl, one object a line")
      ->type_name("F")
      ->check(CLI::IsMember({"csv", "jsonl"}))
      ->capture_default_str();
  app.add_option("--feed", options->feed, "Rows of this feed only")->type_name("NAME");
  app.add_option("-o,--output", options->file, "Write to a file, which appears when it is whole")
      ->type_name("FILE");
  return [options] { return cmd_snapshot_export(*options); };
}

runner add_rollback(CLI::App& app) {
  const auto options = std::make_shared<rollback_options>();
  app.footer(
      "Without N: to the generation that was in force before the present one; done twice, back.\n"
      "Exit status: 0 done, 65 the target is damaged, 66 no such generation, 75 another writer is\n"
      "at work, or with --wait no server serves it after 30 s.");
  add_common_options(app, *options);
  add_generation(app, *options, "Generation to go to");
  app.add_flag("--wait", options->wait, "Until the running server serves it");
  return [options] { return cmd_snapshot_rollback(*options); };
}

runner add_prune(CLI::App& app) {
  const auto options = std::make_shared<prune_options>();
  app.footer("The generation in force and the one before it are kept in any case.");
  add_common_options(app, *options);
  app.add_option("--keep", options->keep, "So many of the newest snapshots stay")
      ->type_name("N")
      ->check(CLI::PositiveNumber)
      ->required();
  return [options] { return cmd_snapshot_prune(*options); };
}

constexpr std::array nested{
    command{"list", "Every snapshot of the directory", add_list},
    command{"show", "Everything about one snapshot", add_show},
    command{"stats", "Rows by kind, verdict, expiry and feed; overlap of feeds", add_stats},
    command{"verify", "Check every byte and what it means", add_verify},
    command{"diff", "What changed between two snapshots, the worst first", add_diff},
    command{"export", "Every row with its provenance, as CSV or JSONL", add_export},
    command{"rollback", "Put an earlier snapshot in force", add_rollback},
    command{"prune", "Remove old snapshots", add_prune},
    command{"sign", "Sign a published snapshot", add_snapshot_sign},
    command{"bundle", "Write a snapshot into one file to carry", add_snapshot_bundle},
    command{"import", "Install the snapshot of a bundle", add_snapshot_import},
};

constexpr std::array commands{
    command{"snapshot", "List, compare, check and take back snapshots", nullptr, nested},
};

}  // namespace

std::span<const command> snapshot_commands() noexcept {
  return commands;
}

}  // namespace repute::tool
