// SPDX-License-Identifier: Apache-2.0
// `repute snapshot show` and `repute snapshot stats`: one snapshot in full, and what it is made of.
#include <fmt/format.h>

#include <chrono>

#include "cmd_snapshot.hpp"
#include "control_client.hpp"
#include "exit_codes.hpp"
#include "repute/seal/digest.hpp"
#include "snapshot/catalog.hpp"
#include "snapshot/stats.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

using store::feed_info;

// Snapshot in force or asked for, open and verified; the exit code if it cannot be.
struct opened_snapshot {
  std::string db;
  std::optional<store::snapshot_reader> reader;
  int exit_code = exit_ok;
};

opened_snapshot open_chosen(const char* command, const snapshot_options& options) {
  opened_snapshot out;
  const auto db = database_or_complain(command, options);
  if (!db) {
    out.exit_code = exit_usage;
    return out;
  }
  out.db = *db;
  const auto generation = snapshot::choose_generation(*db, options.generation);
  if (!generation) {
    out.exit_code = report_failure(command, generation.error());
    return out;
  }
  auto reader = store::snapshot_reader::open(*db, *generation);
  if (!reader) {
    out.exit_code = report_failure(command, reader.error());
    return out;
  }
  out.reader = std::move(*reader);
  return out;
}

std::size_t slots_of(const store::snapshot_meta& meta) {
  const std::size_t slots = meta.layout == store::table_layout::six_slots_16 ? 6 : 5;
  return static_cast<std::size_t>(meta.lines) * slots;
}

double table_load(const store::snapshot_meta& meta) {
  return static_cast<double>(meta.info.keys) / static_cast<double>(slots_of(meta));
}

std::size_t count_layer(const store::snapshot_reader& reader, store::live_layer layer) {
  return static_cast<std::size_t>(
      std::count_if(reader.live().begin(), reader.live().end(),
                    [layer](const store::live_entry& entry) { return entry.layer == layer; }));
}

std::string kinds_json(const store::snapshot_meta& meta) {
  std::string out;
  for (const kind each : all_kinds) {
    if (const std::uint64_t keys = meta.keys_by_kind[static_cast<std::uint8_t>(each)]; keys != 0) {
      out += fmt::format("{}\"{}\":{}", out.empty() ? "" : ",", name(each), keys);
    }
  }
  return "{" + out + "}";
}

std::string feeds_json(const std::vector<feed_info>& feeds) {
  std::string out;
  for (const feed_info& feed : feeds) {
    out += fmt::format("{}{{\"name\":{},\"rows\":{},\"loaded\":{},\"files\":{}}}",
                       out.empty() ? "" : ",", json_string(feed.name), feed.rows,
                       json_string(time_text(feed.loaded_unix_s)), json_strings(feed.files));
  }
  return "[" + out + "]";
}

std::string show_json(const store::snapshot_reader& from, bool in_force, bool served) {
  const store::snapshot_meta& meta = from.meta();
  return fmt::format(
      "{{\"generation\":{},\"in_force\":{},\"served\":{},\"path\":{},\"format_version\":{},"
      "\"canon_version\":{},\"data_epoch\":{},\"base_seq\":{},\"created\":{},\"salt_fp\":{},"
      "\"content_digest\":{},\"rows\":{},\"keys\":{},\"keys_by_kind\":{},\"ranges\":{},"
      "\"dictionary\":{},\"table_lines\":{},\"table_load\":{:.4f},\"live\":{},\"overrides\":{},"
      "\"feeds\":{}}}\n",
      meta.info.generation, in_force, served, json_string(from.path().string()),
      store::format_version, meta.canon_version, meta.info.data_epoch, meta.info.data_seq,
      json_string(time_text(meta.info.created_unix_s)),
      json_string(seal::to_hex(meta.info.salt_fp)), json_string(seal::to_hex(meta.content_digest)),
      meta.info.records, meta.info.keys, kinds_json(meta), meta.info.prefixes, meta.dictionary_size,
      meta.lines, table_load(meta), count_layer(from, store::live_layer::live),
      count_layer(from, store::live_layer::override), feeds_json(from.feeds()));
}

std::string show_text(const store::snapshot_reader& from, bool in_force, bool served) {
  const store::snapshot_meta& meta = from.meta();
  std::string text = fmt::format(
      "generation      {}{}{}\npath            {}\nmade            {}\nformat          version {}, "
      "canonical forms {}\ncontent         {}\ndata epoch      {:08x}, changes up to {}\n"
      "rows            {}\nkeys            {} in {} lines of {} slots, load {:.3f}\n"
      "ranges          {}\nverdicts        {}\nlive entries    {}, overrides {}\n",
      meta.info.generation, in_force ? "  (in force)" : "", served ? "  (served)" : "",
      printable(from.path().string()), time_text(meta.info.created_unix_s), store::format_version,
      meta.canon_version, seal::to_hex(meta.content_digest), meta.info.data_epoch,
      meta.info.data_seq, meta.info.records, meta.info.keys, meta.lines,
      meta.layout == store::table_layout::six_slots_16 ? 6 : 5, table_load(meta),
      meta.info.prefixes, meta.dictionary_size - 1, count_layer(from, store::live_layer::live),
      count_layer(from, store::live_layer::override));
  for (const kind each : all_kinds) {
    if (const std::uint64_t keys = meta.keys_by_kind[static_cast<std::uint8_t>(each)]; keys != 0) {
      text += fmt::format("  {:<12}  {:>10} keys\n", name(each), keys);
    }
  }
  for (const feed_info& feed : from.feeds()) {
    text += fmt::format("  feed {}  {} rows, loaded {}\n", printable(feed.name), feed.rows,
                        time_text(feed.loaded_unix_s));
    for (const std::string& file : feed.files) {
      text += fmt::format("    {}\n", printable(file));
    }
  }
  return text;
}

std::string stats_json(const snapshot::statistics& from, const std::vector<feed_info>& feeds) {
  std::string kinds;
  for (const auto& [kind, rows] : from.rows_by_kind) {
    kinds += fmt::format("{}\"{}\":{}", kinds.empty() ? "" : ",", name(kind), rows);
  }
  std::string verdicts;
  for (const verdict each : all_verdicts) {
    verdicts +=
        fmt::format("\"{}\":{},", word(each), from.rows_by_verdict[static_cast<std::size_t>(each)]);
  }
  std::string expiry;
  for (std::size_t i = 0; i < snapshot::expiry_classes; ++i) {
    expiry += fmt::format("{}\"{}\":{}", i == 0 ? "" : ",",
                          word(static_cast<snapshot::expiry_class>(i)), from.rows_by_expiry[i]);
  }
  std::string by_feed;
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    const snapshot::feed_stats& feed = from.feeds[i];
    by_feed +=
        fmt::format("{}{{\"name\":{},\"rows\":{},\"exclusions\":{},\"keys\":{},\"only_here\":{}}}",
                    i == 0 ? "" : ",", json_string(feeds[i].name), feed.rows, feed.exclusions,
                    feed.keys, feed.only_here);
  }
  std::string overlap;
  for (const auto& [pair, keys] : from.overlap) {
    overlap += fmt::format("{}{{\"feeds\":[{},{}],\"keys\":{}}}", overlap.empty() ? "" : ",",
                           json_string(feeds[pair.first].name),
                           json_string(feeds[pair.second].name), keys);
  }
  return fmt::format(
      "{{\"rows\":{},\"keys\":{},\"rows_by_kind\":{{{}}},\"rows_by_verdict\":{{{}\"exclusion\":{}}}"
      ","
      "\"rows_by_expiry\":{{{}}},\"feeds\":[{}],\"overlap\":[{}]}}\n",
      from.rows, from.keys, kinds, verdicts, from.exclusions, expiry, by_feed, overlap);
}

std::string stats_text(const snapshot::statistics& from, const std::vector<feed_info>& feeds) {
  std::string text = fmt::format("{} rows, {} keys and networks\n", from.rows, from.keys);
  const auto line = [&](std::string_view what, std::uint64_t rows) {
    if (rows != 0) {
      text += fmt::format("  {:<16}  {:>10}\n", what, rows);
    }
  };
  text += "by kind\n";
  for (const auto& [kind, rows] : from.rows_by_kind) {
    line(name(kind), rows);
  }
  text += "by verdict\n";
  for (const verdict each : all_verdicts) {
    line(word(each), from.rows_by_verdict[static_cast<std::size_t>(each)]);
  }
  line("exclusion", from.exclusions);
  text += "by expiry\n";
  for (std::size_t i = 0; i < snapshot::expiry_classes; ++i) {
    line(word(static_cast<snapshot::expiry_class>(i)), from.rows_by_expiry[i]);
  }
  text += "by feed\n";
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    const snapshot::feed_stats& feed = from.feeds[i];
    text += fmt::format("  {}  {} rows, {} keys, {} of them in no other feed\n",
                        printable(feeds[i].name), feed.rows, feed.keys, feed.only_here);
  }
  text += from.overlap.empty() ? "" : "in two feeds\n";
  for (const auto& [pair, keys] : from.overlap) {
    text += fmt::format("  {} and {}  {} keys\n", printable(feeds[pair.first].name),
                        printable(feeds[pair.second].name), keys);
  }
  return text;
}

}  // namespace

int cmd_snapshot_show(const snapshot_options& options) {
  const auto opened = open_chosen("snapshot show", options);
  if (!opened.reader) {
    return opened.exit_code;
  }
  const std::uint32_t generation = opened.reader->meta().info.generation;
  const auto current = store::read_current(opened.db);
  const bool in_force = current && *current == generation;
  const bool served = served_generation(opened.db) == generation;
  fmt::print("{}", options.json ? show_json(*opened.reader, in_force, served)
                                : show_text(*opened.reader, in_force, served));
  return exit_ok;
}

int cmd_snapshot_stats(const snapshot_options& options) {
  constexpr const char* name = "snapshot stats";
  const auto opened = open_chosen(name, options);
  if (!opened.reader) {
    return opened.exit_code;
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto counted = snapshot::count_rows(
      *opened.reader,
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count()));
  if (!counted) {
    return report_failure(name, counted.error());
  }
  fmt::print("{}", options.json ? stats_json(*counted, opened.reader->feeds())
                                : stats_text(*counted, opened.reader->feeds()));
  return exit_ok;
}

}  // namespace repute::tool
