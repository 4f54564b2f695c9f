// SPDX-License-Identifier: Apache-2.0
#include "cmd_override.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <cstdio>
#include <optional>

#include "control_client.hpp"
#include "environment.hpp"
#include "exit_codes.hpp"
#include "live_changes.hpp"
#include "repute/schema/kind.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

using simdjson::dom::element;

// A field that is missing shows as nothing: what came is shown all the same.
std::string text_in(const element& from, std::string_view field) {
  std::string_view text;
  return from[field].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}
std::int64_t number_in(const element& from, std::string_view field) {
  std::int64_t number = 0;
  return from[field].get(number) == simdjson::SUCCESS ? number : 0;
}

struct listed_override {
  std::string key;
  repute::kind kind{};
  std::string verdict;
  std::int64_t score = 0;
  std::string who;
  std::string reason;
  std::uint64_t time_unix_s = 0;
  std::uint64_t expires_unix_s = 0;
};

listed_override read_override(const element& from) {
  listed_override out;
  out.kind = static_cast<kind>(number_in(from, "kind"));
  out.key = (out.kind == kind::domain ? "." : "") + text_in(from, "text");
  out.verdict = text_in(from, "verdict");
  out.score = number_in(from, "score");
  out.who = text_in(from, "who");
  out.reason = text_in(from, "reason");
  out.time_unix_s = static_cast<std::uint64_t>(number_in(from, "time"));
  out.expires_unix_s = static_cast<std::uint64_t>(number_in(from, "expires"));
  return out;
}

std::string expiry_text(const listed_override& from) {
  return from.expires_unix_s == 0 ? "never" : time_text(from.expires_unix_s);
}

std::string to_text(const listed_override& from) {
  return fmt::format("{}  {:<13}  {}  expires {:<20}  {}  {}\n", padded(printable(from.key), 32),
                     from.verdict == "none" ? "not listed" : printable(from.verdict),
                     time_text(from.time_unix_s), expiry_text(from), printable(from.who),
                     printable(from.reason));
}

std::string to_json(const listed_override& from) {
  return fmt::format(
      "{{\"key\":{},\"kind\":{},\"verdict\":{},\"score\":{},\"who\":{},\"reason\":{},\"time\":{},"
      "\"expires\":{}}}\n",
      json_string(from.key), json_string(name(from.kind)), json_string(from.verdict), from.score,
      json_string(from.who), json_string(from.reason), json_string(time_text(from.time_unix_s)),
      json_string(expiry_text(from)));
}

std::variant<override_page, change_failure> ask_page(control_client& server,
                                                     const std::string& after, bool json) {
  const std::string from = after.empty() ? "" : fmt::format(R"(,"after":{})", json_string(after));
  const auto reply =
      server.ask(fmt::format(R"({{"cmd":"list","layer":"override","count":200{}}})", from));
  if (const auto* failed = std::get_if<control_failure>(&reply)) {
    return change_failure{exit_io, failed->message};
  }
  return read_override_page(std::get<std::string>(reply), json);
}

}  // namespace

std::variant<override_page, change_failure> read_override_page(const std::string& reply,
                                                               bool json) {
  if (auto error = error_in(reply)) {
    return std::move(*error);
  }
  simdjson::dom::parser parser;
  element parsed;
  simdjson::dom::array entries;
  const simdjson::padded_string padded_reply(reply);
  if (parser.parse(padded_reply).get(parsed) != simdjson::SUCCESS ||
      parsed["entries"].get(entries) != simdjson::SUCCESS) {
    return change_failure{exit_io, "the server's answer cannot be read"};
  }
  override_page out;
  for (const element each : entries) {
    const listed_override shown = read_override(each);
    out.text += json ? to_json(shown) : to_text(shown);
  }
  out.next = text_in(parsed, "next");
  return out;
}

int cmd_override_list(const override_list_options& options) {
  const auto complain = [](int code, std::string_view what) {
    fmt::print(stderr, "repute override list: {}\n", printable(what));
    return code;
  };
  const auto db = database_of(options.db);
  if (!db) {
    return complain(exit_usage, no_database);
  }
  auto server = control_client::connect(*db);
  if (const auto* failed = std::get_if<control_failure>(&server)) {
    return complain(failed->nobody ? exit_again : exit_io, failed->message);
  }
  std::string after;
  do {
    const auto page = ask_page(std::get<control_client>(server), after, options.json);
    if (const auto* failed = std::get_if<change_failure>(&page)) {
      return complain(failed->exit_code, failed->message);
    }
    fmt::print("{}", std::get<override_page>(page).text);
    after = std::get<override_page>(page).next;
  } while (!after.empty());
  return exit_ok;
}

}  // namespace repute::tool
