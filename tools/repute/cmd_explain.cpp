// SPDX-License-Identifier: Apache-2.0
#include "cmd_explain.hpp"

#include <fmt/format.h>

#include <chrono>

#include "environment.hpp"
#include "exit_codes.hpp"
#include "load/explain.hpp"
#include "load/row_compiler.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

using load::explained_key;
using load::explained_row;
using load::explanation;

std::string expiry_text(std::uint32_t hours) {
  return hours == 0 ? "never" : time_text(hours * load::seconds_per_hour);
}

std::string_view verdict_word(const answer& from) {
  if (from.status != status::listed) {
    return "not listed";
  }
  return from.verdict == verdict::none ? "excluded" : word(from.verdict);
}

std::string row_text(const explained_row& row) {
  std::string text = fmt::format("      {}:{}  {}:{}  \"{}\"", printable(row.feed),
                                 row.exclusion ? "exclusion" : word(row.verdict),
                                 printable(row.file), row.line, printable(row.text));
  if (row.score != 0) {
    text += fmt::format("  score {}", row.score);
  }
  if (!row.reason.empty()) {
    text += fmt::format("  reason \"{}\"", printable(row.reason));
  }
  text += fmt::format("  loaded {}", time_text(row.time_unix_s));
  if (row.expires_h != 0) {
    text += "  expires " + expiry_text(row.expires_h);
  }
  return text + "\n";
}

std::string to_text(const explanation& from) {
  std::string text = fmt::format("{} {}  (generation {})\n", word(from.subject),
                                 printable(from.canonical), from.generation);
  for (std::size_t i = 0; i < from.keys.size(); ++i) {
    const explained_key& key = from.keys[i];
    text += fmt::format("  {} {:<6} {}  {}", from.decided_by == i ? "=>" : "  ", name(key.kind),
                        printable(key.shown), verdict_word(key.answer));
    if (key.answer.status == status::listed) {
      text += fmt::format("  score {}", key.answer.score);
    }
    text += key.fingerprint.empty() ? "\n" : fmt::format("  [{}]\n", key.fingerprint);
    for (const explained_row& row : key.rows) {
      text += row_text(row);
    }
  }
  if (!from.decided_by) {
    text += "  no row covers it\n";
  }
  return text;
}

std::string row_json(const explained_row& row) {
  return fmt::format(
      "{{\"feed\":{},\"file\":{},\"line\":{},\"text\":{},\"reason\":{},\"exclusion\":{},"
      "\"verdict\":{},\"score\":{},\"category\":{},\"loaded\":{},\"expires\":{}}}",
      json_string(row.feed), json_string(row.file), row.line, json_string(row.text),
      json_string(row.reason), row.exclusion, json_string(word(row.verdict)), row.score,
      row.category, json_string(time_text(row.time_unix_s)),
      json_string(expiry_text(row.expires_h)));
}

std::string key_json(const explained_key& key) {
  std::string rows;
  for (const explained_row& row : key.rows) {
    rows += (rows.empty() ? "" : ",") + row_json(row);
  }
  std::string sources;
  for (const std::string& source : key.sources) {
    sources += (sources.empty() ? "" : ",") + json_string(source);
  }
  return fmt::format(
      "{{\"kind\":{},\"key\":{},\"fingerprint\":{},\"status\":{},\"verdict\":{},\"score\":{},"
      "\"category\":{},\"sources\":[{}],\"rows\":[{}]}}",
      json_string(name(key.kind)), json_string(key.shown), json_string(key.fingerprint),
      json_string(word(key.answer.status)), json_string(word(key.answer.verdict)), key.answer.score,
      key.answer.category, sources, rows);
}

std::string to_json(const explanation& from) {
  std::string keys;
  for (const explained_key& key : from.keys) {
    keys += (keys.empty() ? "" : ",") + key_json(key);
  }
  const std::string matched =
      from.decided_by ? json_string(from.keys[*from.decided_by].shown) : "null";
  return fmt::format("{{\"key\":{},\"kind\":{},\"generation\":{},\"matched\":{},\"keys\":[{}]}}\n",
                     json_string(from.canonical), json_string(word(from.subject)), from.generation,
                     matched, keys);
}

}  // namespace

int cmd_explain(const explain_options& options) {
  const auto db = database_of(options.db);
  if (!db) {
    fmt::print(stderr, "repute explain: {}\n", no_database);
    return exit_usage;
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto now_s =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
  int result = exit_ok;
  for (const std::string& key : options.keys) {
    const auto done = load::explain(*db, options.kind, key, options.psl_file, now_s);
    if (const auto* failed = std::get_if<load::explain_failure>(&done)) {
      fmt::print(stderr, "repute explain: {}: {}\n", printable(without_userinfo(key)),
                 printable(failed->message));
      result = failed->exit_code;
      continue;
    }
    const auto& explained = std::get<explanation>(done);
    fmt::print("{}", options.json ? to_json(explained) : to_text(explained));
  }
  return result;
}

}  // namespace repute::tool
