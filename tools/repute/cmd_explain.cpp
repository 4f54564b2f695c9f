// SPDX-License-Identifier: Apache-2.0
#include "cmd_explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "environment.hpp"
#include "exit_codes.hpp"
#include "live_words.hpp"
#include "load/explain.hpp"
#include "load/row_compiler.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

using load::explained_key;
using load::explained_row;
using load::explained_word;
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

std::string row_text(const explained_row& row, bool wins) {
  std::string text =
      fmt::format("    {} {}:{}  {}:{}  \"{}\"", wins ? "=>" : "  ", printable(row.feed),
                  row.exclusion ? "exclusion" : word(row.verdict), printable(row.file), row.line,
                  printable(row.text));
  if (!row.network.empty()) {
    text += fmt::format("  for {}", row.network);
  }
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

std::string_view layer_word(store::live_layer layer) {
  return layer == store::live_layer::override ? "override" : "live";
}

std::string word_text(const explained_word& from) {
  const store::live_entry& entry = from.said.entry;
  const bool removal = entry.action == store::live_action::remove;
  std::string text =
      fmt::format("       {}:{}  by \"{}\" at {}  \"{}\"", layer_word(entry.layer),
                  removal                          ? "removed"
                  : entry.verdict == verdict::none ? "not listed"
                                                   : word(entry.verdict),
                  printable(entry.who), time_text(entry.time_unix_s), printable(entry.text));
  if (!from.network.empty()) {
    text += fmt::format("  for {}", from.network);
  }
  if (entry.score != 0) {
    text += fmt::format("  score {}", entry.score);
  }
  if (!entry.reason.empty()) {
    text += fmt::format("  reason \"{}\"", printable(entry.reason));
  }
  if (entry.expires_unix_s != 0) {
    text += "  expires " + time_text(entry.expires_unix_s);
  }
  return text + fmt::format("  change {}{}\n", entry.seq,
                            from.said.by_server ? ", not in the snapshot yet" : "");
}

// Why the winning row speaks for the key that was asked about.
std::string rule_of(const explanation& from) {
  const load::row_place& at = *from.winner;
  const explained_key& key = from.keys[at.key];
  const std::string& network = key.rows[at.row].network;
  if (network.find('/') != std::string::npos) {
    return fmt::format("the network {} around it", network);
  }
  if (at.key == 0) {
    return "a row of the key itself";
  }
  if (key.kind == kind::domain) {
    return fmt::format("all names under {}", key.shown.substr(1));
  }
  return fmt::format("{} {}, which covers it", name(key.kind), key.shown);
}

std::string decision_text(const explanation& from) {
  if (!from.decided_by) {
    const bool silent = std::all_of(from.keys.begin(), from.keys.end(), [](const auto& key) {
      return key.rows.empty() && key.words.empty();
    });
    return silent ? "  no row covers it\n" : "  nothing in force lists it\n";
  }
  const explained_key& key = from.keys[*from.decided_by];
  if (key.layer == load::answer_layer::feeds) {
    return from.winner ? fmt::format("  matched by {}\n", printable(rule_of(from))) : "";
  }
  return fmt::format("  decided by {}, which hides what the feeds say: {}\n",
                     key.layer == load::answer_layer::override ? "an override" : "a live entry",
                     verdict_word(key.feeds_answer));
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
    for (const explained_word& each : key.words) {
      text += word_text(each);
    }
    for (std::size_t row = 0; row < key.rows.size(); ++row) {
      text += row_text(key.rows[row], from.winner == load::row_place{i, row});
    }
  }
  return text + decision_text(from);
}

std::string row_json(const explained_row& row) {
  return fmt::format(
      "{{\"feed\":{},\"file\":{},\"line\":{},\"text\":{},\"network\":{},\"reason\":{},"
      "\"exclusion\":{},\"verdict\":{},\"score\":{},\"category\":{},\"loaded\":{},"
      "\"expires\":{}}}",
      json_string(row.feed), json_string(row.file), row.line, json_string(row.text),
      row.network.empty() ? "null" : json_string(row.network), json_string(row.reason),
      row.exclusion, json_string(word(row.verdict)), row.score, row.category,
      json_string(time_text(row.time_unix_s)), json_string(expiry_text(row.expires_h)));
}

std::string word_json(const explained_word& from) {
  const store::live_entry& entry = from.said.entry;
  return fmt::format(
      "{{\"layer\":{},\"action\":{},\"text\":{},\"network\":{},\"verdict\":{},\"score\":{},"
      "\"category\":{},\"who\":{},\"said\":{},\"reason\":{},\"expires\":{},\"seq\":{},"
      "\"in_snapshot\":{}}}",
      json_string(layer_word(entry.layer)),
      json_string(entry.action == store::live_action::put ? "put" : "remove"),
      json_string(entry.text), from.network.empty() ? "null" : json_string(from.network),
      json_string(word(entry.verdict)), entry.score, entry.category, json_string(entry.who),
      json_string(time_text(entry.time_unix_s)), json_string(entry.reason),
      json_string(entry.expires_unix_s == 0 ? "never" : time_text(entry.expires_unix_s)), entry.seq,
      !from.said.by_server);
}

std::string_view decider_word(load::answer_layer layer) {
  return layer == load::answer_layer::override ? "override"
         : layer == load::answer_layer::live   ? "live"
                                               : "feeds";
}

std::string key_json(const explained_key& key) {
  std::string rows;
  for (const explained_row& row : key.rows) {
    rows += (rows.empty() ? "" : ",") + row_json(row);
  }
  std::string words;
  for (const explained_word& each : key.words) {
    words += (words.empty() ? "" : ",") + word_json(each);
  }
  return fmt::format(
      "{{\"kind\":{},\"key\":{},\"fingerprint\":{},\"status\":{},\"verdict\":{},\"score\":{},"
      "\"category\":{},\"decided_by\":{},\"feeds_verdict\":{},\"sources\":{},\"rows\":[{}],"
      "\"words\":[{}]}}",
      json_string(name(key.kind)), json_string(key.shown), json_string(key.fingerprint),
      json_string(word(key.answer.status)), json_string(word(key.answer.verdict)), key.answer.score,
      key.answer.category, json_string(decider_word(key.layer)),
      json_string(verdict_word(key.feeds_answer)), json_strings(key.sources), rows, words);
}

std::string to_json(const explanation& from) {
  std::string keys;
  for (const explained_key& key : from.keys) {
    keys += (keys.empty() ? "" : ",") + key_json(key);
  }
  const std::string matched =
      from.decided_by ? json_string(from.keys[*from.decided_by].shown) : "null";
  const std::string winner =
      from.winner ? fmt::format("{{\"key\":{},\"row\":{},\"rule\":{}}}", from.winner->key,
                                from.winner->row, json_string(rule_of(from)))
                  : "null";
  return fmt::format(
      "{{\"key\":{},\"kind\":{},\"generation\":{},\"matched\":{},\"winner\":{},\"keys\":[{}]}}\n",
      json_string(from.canonical), json_string(word(from.subject)), from.generation, matched,
      winner, keys);
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
    std::string note;
    const auto done = load::explain(*db, options.kind, key, options.psl_file, now_s,
                                    [&](const std::vector<store::record_position>& keys) {
                                      return ask_live_words(*db, keys, note);
                                    });
    if (!note.empty()) {
      fmt::print(stderr, "repute explain: {}\n", printable(note));
    }
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
