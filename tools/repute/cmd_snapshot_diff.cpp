// SPDX-License-Identifier: Apache-2.0
// `repute snapshot diff`.
#include <fmt/format.h>

#include "cmd_snapshot.hpp"
#include "exit_codes.hpp"
#include "snapshot/catalog.hpp"
#include "snapshot/ranked_diff.hpp"
#include "store/history.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

using snapshot::change;
using snapshot::change_counts;
using snapshot::diff_summary;

std::string_view verdict_word(const answer& from) {
  if (from.status != status::listed) {
    return "not listed";
  }
  return from.verdict == verdict::none ? "excluded" : word(from.verdict);
}

std::string side_json(const answer& from, const std::vector<std::string>& feeds) {
  return fmt::format("{{\"verdict\":{},\"score\":{},\"category\":{},\"feeds\":{}}}",
                     json_string(verdict_word(from)), from.score, from.category,
                     json_strings(feeds));
}

std::string change_json(const change& from) {
  std::string feeds;
  for (const snapshot::feed_change& each : from.feed_changes) {
    feeds += fmt::format("{}{}:{}", feeds.empty() ? "" : ",", json_string(each.feed),
                         json_string(word(each.what)));
  }
  return fmt::format(
      "{{\"severity\":{},\"what\":{},\"layer\":{},\"kind\":{},\"key\":{},\"before\":{},"
      "\"after\":{},\"feed_changes\":{{{}}}}}\n",
      json_string(word(from.severity)), json_string(word(from.what)), json_string(word(from.layer)),
      json_string(name(from.kind)), json_string(from.key),
      side_json(from.before, from.feeds_before), side_json(from.after, from.feeds_after), feeds);
}

std::string side_text(const answer& from, const std::vector<std::string>& feeds) {
  std::string text(verdict_word(from));
  if (from.status == status::listed && from.score != 0) {
    text += fmt::format(" {}", from.score);
  }
  if (!feeds.empty()) {
    text += " (" + printable(fmt::format("{}", fmt::join(feeds, ", "))) + ")";
  }
  return text;
}

std::string change_text(const change& from) {
  const char sign = from.what == snapshot::change_kind::added     ? '+'
                    : from.what == snapshot::change_kind::removed ? '-'
                                                                  : '~';
  return fmt::format("{} {:<21}  {} {}  {} -> {}{}\n", sign, word(from.severity), name(from.kind),
                     printable(from.key), side_text(from.before, from.feeds_before),
                     side_text(from.after, from.feeds_after),
                     from.layer == snapshot::layer::feeds
                         ? std::string()
                         : fmt::format("  [{}]", word(from.layer)));
}

std::string counts_json(const change_counts& from) {
  return fmt::format("{{\"added\":{},\"removed\":{},\"changed\":{}}}", from.added, from.removed,
                     from.changed);
}

std::string summary_json(const diff_summary& from, std::uint32_t before, std::uint32_t after) {
  std::string severities;
  for (std::size_t i = 0; i < snapshot::severities_of_change; ++i) {
    if (from.by_severity[i] != 0) {
      severities +=
          fmt::format("{}\"{}\":{}", severities.empty() ? "" : ",",
                      word(static_cast<snapshot::severity_of_change>(i)), from.by_severity[i]);
    }
  }
  std::string feeds;
  for (const auto& [feed, counts] : from.by_feed) {
    feeds +=
        fmt::format("{}{}:{}", feeds.empty() ? "" : ",", json_string(feed), counts_json(counts));
  }
  return fmt::format(
      "{{\"before\":{},\"after\":{},\"keys\":{},\"by_severity\":{{{}}},\"by_feed\":{{{}}}}}\n",
      before, after, counts_json(from.keys), severities, feeds);
}

std::string counts_text(const change_counts& from) {
  return fmt::format("{} added, {} removed, {} changed", from.added, from.removed, from.changed);
}

std::string summary_text(const diff_summary& from, std::uint32_t before, std::uint32_t after) {
  std::string text =
      fmt::format("generation {} to {}: {}\n", before, after, counts_text(from.keys));
  for (std::size_t i = 0; i < snapshot::severities_of_change; ++i) {
    if (from.by_severity[i] != 0) {
      text += fmt::format("  {:<21}  {:>10}\n", word(static_cast<snapshot::severity_of_change>(i)),
                          from.by_severity[i]);
    }
  }
  for (const auto& [feed, counts] : from.by_feed) {
    text += fmt::format("  feed {}: {}\n", printable(feed), counts_text(counts));
  }
  return text;
}

struct pair_of_generations {
  std::uint32_t before = 0;
  std::uint32_t after = 0;
};

// `diff`: what came into force last. `diff B`: B against what was in force before. `diff A B`.
store::result<pair_of_generations> choose(const std::string& db, const diff_options& options) {
  const auto before = options.other ? snapshot::choose_generation(db, options.generation)
                                    : store::generation_before(db);
  if (!before) {
    return before.error();
  }
  const auto after =
      snapshot::choose_generation(db, options.other ? options.other : options.generation);
  if (!after) {
    return after.error();
  }
  return pair_of_generations{*before, *after};
}

}  // namespace

int cmd_snapshot_diff(const diff_options& options) {
  constexpr const char* name = "snapshot diff";
  const auto db = database_or_complain(name, options);
  if (!db) {
    return exit_usage;
  }
  const auto chosen = choose(*db, options);
  if (!chosen) {
    return report_failure(name, chosen.error());
  }
  const auto before = store::snapshot_reader::open(*db, chosen->before);
  const auto after = store::snapshot_reader::open(*db, chosen->after);
  if (!before || !after) {
    return report_failure(name, before ? after.error() : before.error());
  }
  snapshot::diff_limits limits;
  limits.shown = options.summary ? 0 : options.limit.value_or(limits.shown);
  const auto done = snapshot::ranked_diff(
      *before, *after, {options.feed, options.kind}, limits, [&](const change& next) {
        fmt::print("{}", options.json ? change_json(next) : change_text(next));
        return std::ferror(stdout) == 0;
      });
  if (!done) {
    return report_failure(name, done.error());
  }
  if (options.summary && options.json) {
    fmt::print("{}", summary_json(*done, chosen->before, chosen->after));
  } else if (!options.json) {
    fmt::print("{}", summary_text(*done, chosen->before, chosen->after));
  }
  return std::fflush(stdout) == 0 ? exit_ok : exit_io;
}

}  // namespace repute::tool
