// SPDX-License-Identifier: Apache-2.0
#include "cmd_load.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <limits>
#include <optional>

#include "cmd_keys.hpp"
#include "cmd_snapshot.hpp"
#include "environment.hpp"
#include "exit_codes.hpp"
#include "fold_request.hpp"
#include "guards_text.hpp"
#include "load/loader.hpp"
#include "progress_line.hpp"
#include "repute/seal/server_list.hpp"
#include "store/file.hpp"
#include "store/snapshot_signature.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

using load::feed_spec;
using load::load_summary;
using load::spec_problem;

// The feed that the short form describes; unknown words are problems.
feed_spec feed_of(const load_options& options, std::vector<spec_problem>& problems) {
  feed_spec spec;
  spec.name = options.feed;
  spec.files = options.files;
  const auto need = [&](const char* option, const auto& found, auto& into) {
    if (found) {
      into = *found;
    } else {
      problems.push_back({option, "missing, or not a word that it knows"});
    }
  };
  need("--format", load::format_from_word(options.format), spec.format);
  if (!options.kind.empty() || !imply_subject(spec)) {
    need("--kind", subject_from_word(options.kind), spec.subject);
  }
  need("--verdict", verdict_from_word(options.verdict), spec.verdict);
  need("--match", load::match_from_word(options.match), spec.match);
  spec.score = static_cast<std::int16_t>(options.score);
  if (!options.expires.empty()) {
    need("--expires", load::parse_duration_s(options.expires), spec.expires_after_s);
  }
  if (problems.empty()) {
    check_feed(spec, "--feed", problems);
  }
  return spec;
}

std::string to_json(const load_summary& summary) {
  std::string feeds;
  for (const auto& feed : summary.feeds) {
    feeds += fmt::format(
        "{}{{\"name\":{},\"rows\":{},\"rejected\":{},\"expired\":{},\"skipped\":{},\"format\":{},"
        "\"carried_over\":{}}}",
        feeds.empty() ? "" : ",", json_string(feed.name), feed.rows, feed.rejected, feed.expired,
        feed.skipped, feed.recognised.empty() ? "null" : json_string(feed.recognised),
        feed.carried_over);
  }
  return fmt::format(
      "{{\"feeds\":[{}],\"content_digest\":{},\"file_bytes\":{},\"prefixes\":{},\"generation\":{},"
      "\"rows\":{},\"keys\":{},\"rejected\":{},\"seconds\":{:.3f},\"guards\":{}}}\n",
      feeds, json_string(summary.content_digest), summary.file_bytes, summary.prefixes,
      summary.generation, summary.rows, summary.keys, summary.rejected, summary.seconds,
      guards_json(summary.overruled));
}

std::string remarks_on(const load::feed_summary& feed) {
  std::string text = feed.carried_over ? "  (carried over)" : "";
  if (!feed.recognised.empty()) {
    text += fmt::format("  (read as {})", feed.recognised);
  }
  if (feed.skipped != 0) {
    text += fmt::format("  ({} skipped)", feed.skipped);
  }
  return text;
}

std::string to_text(const load_summary& summary) {
  std::size_t width = 4;
  for (const auto& feed : summary.feeds) {
    width = std::max(width, display_width(feed.name));
  }
  std::string text = fmt::format("{}  {:>10}  {:>8}  {:>8}\n", padded("feed", width), "rows",
                                 "rejected", "expired");
  for (const auto& feed : summary.feeds) {
    text += fmt::format("{}  {:>10}  {:>8}  {:>8}{}\n", padded(feed.name, width), feed.rows,
                        feed.rejected, feed.expired, remarks_on(feed));
  }
  const std::string what = summary.generation == 0
                               ? std::string("nothing written (dry run)")
                               : fmt::format("generation {}, {:.1f} MiB", summary.generation,
                                             static_cast<double>(summary.file_bytes) / (1 << 20));
  text +=
      fmt::format("{}: {} rows, {} keys, {} address ranges, {} rejected, {:.2f} s\n", what,
                  summary.rows, summary.keys, summary.prefixes, summary.rejected, summary.seconds);
  if (!summary.content_digest.empty()) {
    text += "content " + summary.content_digest + "\n";
  }
  return text;
}

void print_rejects(const std::vector<std::string>& first, std::uint64_t count) {
  for (const std::string& line : first) {
    fmt::print(stderr, "repute load: {}\n", printable(line));
  }
  if (count > first.size()) {
    fmt::print(stderr, "repute load: ... and {} more bad rows\n", count - first.size());
  }
}

// `4096`, `500M`, `2G`: at least a mebibyte, for less is a mistake.
std::optional<std::size_t> parse_size(std::string_view text) {
  constexpr std::string_view units = "KMG";
  const std::size_t unit = text.empty() ? units.npos : units.find(text.back());
  const unsigned shift = unit == units.npos ? 0 : static_cast<unsigned>(10 * (unit + 1));
  text.remove_suffix(shift == 0 ? 0 : 1);
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() ||
      value > (std::numeric_limits<std::size_t>::max() >> shift) || (value << shift) < (1U << 20)) {
    return std::nullopt;
  }
  return value << shift;
}

progress_style style_of(const load_options& options) {
  if (options.no_progress) {
    return progress_style::none;
  }
  return options.progress == "json" ? progress_style::json : progress_style::line;
}

int usage(std::string_view what) {
  fmt::print(stderr, "repute load: {}\n", what);
  return exit_usage;
}

// The feeds of the command line, of a feeds.toml or of an export. An exit code with everything said
// if there is a mistake.
std::optional<int> choose_feeds(const load_options& options, load::load_request& request) {
  std::vector<spec_problem> problems;
  int exit_code = exit_usage;
  request.export_file = options.export_file;
  if (!options.export_file.empty() && (!options.feed.empty() || !options.files.empty())) {
    return usage("--from-export takes all feeds from the export: no feeds.toml, no --feed");
  }
  if (!options.feed.empty()) {
    request.feeds.push_back(feed_of(options, problems));
  } else if (options.files.size() == 1) {
    load::feeds_file file = load::read_feeds_file(options.files.front(), problems);
    request.feeds = std::move(file.feeds);
    request.guards = std::move(file.guards);
    exit_code = file.exit_code;
  } else if (!options.files.empty() || (options.servers.empty() && options.export_file.empty())) {
    return usage("one feeds.toml, or --feed NAME with the feed's files");
  }
  for (const spec_problem& problem : problems) {
    fmt::print(stderr, "{}: {}\n", printable(problem.where), printable(problem.what));
  }
  if (!problems.empty()) {
    return exit_code;
  }
  return std::nullopt;
}

// What signs the new snapshot, and its list of servers. An exit code with everything said if a
// file of them is not as it should be; the key must outlive the request.
std::optional<int> read_extras(const load_options& options, std::optional<seal::signing_key>& key,
                               load::load_request& request) {
  if (!options.sign_key.empty()) {
    int exit_code = exit_ok;
    key = read_signing_key("repute load", options.sign_key, exit_code);
    if (!key) {
      return exit_code;
    }
    request.sign = [&key](std::string_view text) { return store::sign_manifest(text, *key); };
  }
  if (options.servers == "none") {
    request.server_list.emplace();
  } else if (!options.servers.empty()) {
    auto text = store::read_small_file(options.servers, seal::server_list_bytes_max);
    if (text && text->empty()) {
      text = store::failure{store::store_error::corrupt, options.servers + ": empty"};
    }
    if (!text) {
      fmt::print(stderr, "repute load: {}\n", printable(text.error().message));
      return store::exit_code(text.error().code);
    }
    request.server_list = std::move(*text);
  }
  return std::nullopt;
}

// What somebody should know of a load that succeeded.
void print_notes(const load_summary& summary, const std::string& db) {
  print_rejects(summary.first_rejects, summary.rejected);
  fmt::print(stderr, "{}", guards_text(summary.overruled));
  if (!summary.overruled.empty()) {
    fmt::print(stderr, "repute load: guards overruled by --force\n");
  }
  if (summary.public_salt) {
    fmt::print(stderr, "repute load: no {}/salt: fingerprints use the public salt\n", db);
  }
  if (summary.exported_live_left_out) {
    fmt::print(stderr,
               "repute load: live entries and overrides of the export are left out: what was said "
               "in {} itself holds\n",
               db);
  }
  if (summary.server_list_left_out) {
    fmt::print(stderr,
               "repute load: the list of servers was signed for another data epoch and is left "
               "out; sign it anew\n");
  }
}

// Why a load failed; its exit code.
int report_failure(const load_options& options, const load::load_failure& failed) {
  print_rejects(failed.first_rejects, failed.first_rejects.size());
  fmt::print(stderr, "{}", guards_text(failed.objections));
  if (options.json && !failed.objections.empty()) {
    fmt::print("{{\"refused\":true,\"guards\":{}}}\n", guards_json(failed.objections));
  }
  fmt::print(stderr, "repute load: {}{}\n", printable(failed.message),
             failed.in_force ? "" : "; nothing was loaded");
  return failed.exit_code;
}

}  // namespace

int cmd_load(const load_options& options) {
  load::load_request request;
  const auto db = database_of(options.db);
  if (!db) {
    return usage(no_database);
  }
  request.db = *db;
  if (!options.reject_file.empty() && options.max_rejects.empty()) {
    return usage("--reject-file needs --max-rejects: how many bad rows are acceptable?");
  }
  if (!options.max_rejects.empty()) {
    request.max_rejects = load::parse_reject_limit(options.max_rejects);
    if (!request.max_rejects) {
      return usage("--max-rejects is a number or a percentage such as 10 or 0.5%");
    }
  }
  if (!options.memory.empty()) {
    const auto bytes = parse_size(options.memory);
    if (!bytes) {
      return usage("--memory is a number of bytes, or with K, M or G, from 1M on");
    }
    request.memory_bytes = *bytes;
  }
  if (const auto failed = choose_feeds(options, request)) {
    return *failed;
  }
  request.only = options.only;
  request.dry_run = options.dry_run;
  request.force = options.force;
  request.reject_file = options.reject_file;
  request.psl_file = options.psl_file;
  request.ask_fold = fold_asker_for(*db);

  std::optional<seal::signing_key> key;
  if (const auto failed = read_extras(options, key, request)) {
    return *failed;
  }

  std::optional<progress_line> line(style_of(options));
  const auto result =
      run_load(request, [&](const load::load_progress& progress) { line->update(progress); });
  line.reset();
  if (const auto* failed = std::get_if<load::load_failure>(&result)) {
    return report_failure(options, *failed);
  }
  const auto& summary = std::get<load_summary>(result);
  print_notes(summary, *db);
  fmt::print("{}", options.json ? to_json(summary) : to_text(summary));
  std::fflush(stdout);
  return options.wait && summary.generation != 0 ? wait_for_servers("load", *db, summary.generation)
                                                 : exit_ok;
}

}  // namespace repute::tool
