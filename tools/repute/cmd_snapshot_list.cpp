// SPDX-License-Identifier: Apache-2.0
// `repute snapshot list`.
#include <fmt/format.h>

#include "cmd_snapshot.hpp"
#include "control_client.hpp"
#include "exit_codes.hpp"
#include "repute/seal/digest.hpp"
#include "snapshot/catalog.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

constexpr std::size_t short_digest = 12;

struct list_context {
  const snapshot::catalog& catalog;
  std::optional<std::uint32_t> served;
};

std::string state_of(std::uint32_t generation, const list_context& context) {
  std::string words;
  const auto add = [&](bool holds, std::string_view word) {
    words += holds ? (words.empty() ? "" : ", ") + std::string(word) : "";
  };
  add(context.catalog.in_force == generation, "in force");
  add(context.catalog.before == generation, "before");
  add(context.served == generation, "served");
  return words;
}

std::string entry_json(const snapshot::catalog_entry& entry, const list_context& context) {
  std::string facts = "null";
  if (entry.summary) {
    const snapshot::summary& from = *entry.summary;
    facts = fmt::format(
        "{{\"created\":{},\"rows\":{},\"keys\":{},\"ranges\":{},\"feeds\":{},\"file_bytes\":{},"
        "\"content_digest\":{}}}",
        json_string(time_text(from.meta.info.created_unix_s)), from.meta.info.records,
        from.meta.info.keys, from.meta.info.prefixes, from.feeds.size(), from.file_bytes,
        json_string(seal::to_hex(from.meta.content_digest)));
  }
  return fmt::format(
      "{{\"generation\":{},\"in_force\":{},\"before\":{},\"served\":{},\"snapshot\":{},"
      "\"problem\":{}}}\n",
      entry.generation, context.catalog.in_force == entry.generation,
      context.catalog.before == entry.generation, context.served == entry.generation, facts,
      entry.problem.empty() ? "null" : json_string(entry.problem));
}

std::string entry_text(const snapshot::catalog_entry& entry, const list_context& context) {
  if (!entry.summary) {
    return fmt::format("{:>10}  damaged: {}\n", entry.generation, printable(entry.problem));
  }
  const snapshot::summary& from = *entry.summary;
  return fmt::format("{:>10}  {}  {:>10}  {:>10}  {:>8}  {:>5}  {:>9.1f}  {}  {}\n",
                     entry.generation, time_text(from.meta.info.created_unix_s),
                     from.meta.info.records, from.meta.info.keys, from.meta.info.prefixes,
                     from.feeds.size(), static_cast<double>(from.file_bytes) / (1 << 20),
                     seal::to_hex(from.meta.content_digest).substr(0, short_digest),
                     state_of(entry.generation, context));
}

}  // namespace

int cmd_snapshot_list(const snapshot_options& options) {
  constexpr const char* name = "snapshot list";
  const auto db = database_or_complain(name, options);
  if (!db) {
    return exit_usage;
  }
  const auto read = snapshot::read_catalog(*db);
  if (!read) {
    return report_failure(name, read.error());
  }
  const list_context context{*read, served_generation(*db)};
  int result = exit_ok;
  if (!options.json) {
    fmt::print("{:>10}  {:<20}  {:>10}  {:>10}  {:>8}  {:>5}  {:>9}  {:<12}\n", "generation",
               "time", "rows", "keys", "ranges", "feeds", "MiB", "content");
  }
  for (const snapshot::catalog_entry& entry : read->entries) {
    fmt::print("{}", options.json ? entry_json(entry, context) : entry_text(entry, context));
    result = entry.summary ? result : exit_data;
  }
  if (read->trouble) {
    result = report_failure(name, *read->trouble);
  }
  return result;
}

}  // namespace repute::tool
