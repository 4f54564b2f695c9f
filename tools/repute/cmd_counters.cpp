// SPDX-License-Identifier: Apache-2.0
#include "cmd_counters.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "control_client.hpp"
#include "environment.hpp"
#include "exit_codes.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

using named_meaning = std::pair<std::string_view, std::string_view>;

// The names are those of server/query/counters.hpp.
constexpr std::array meanings{
    named_meaning{"received", "datagrams"},
    named_meaning{"dropped_size", "no request: shorter than 128 bytes or longer than 1232"},
    named_meaning{"dropped_magic", "no request: something else's"},
    named_meaning{"dropped_type",
                  "no request: a reply, nothing known, or a FETCH that cannot be read"},
    named_meaning{"dropped_plain", "plain text with fields of sealed mode"},
    named_meaning{"dropped_network",
                  "plain text from a network that may not, or a client outside its networks"},
    named_meaning{
        "dropped_client",
        "sealed, by nobody who is let in: unknown, revoked, expired, other keys or suite"},
    named_meaning{"dropped_mac",
                  "sealed with other keys than this client's, changed on the way, or made up"},
    named_meaning{"dropped_replay", "sealed, and a copy of one that came before"},
    named_meaning{"dropped_session",
                  "sealed, of a session that is used up, or one too many of its client"},
    named_meaning{"dropped_tag", "sealed, and changed on the way or made up"},
    named_meaning{"dropped_rate", "asking for the list of servers above the client's rate"},
    named_meaning{"dropped_source", "from or to an address that is never answered"},
    named_meaning{"dropped_deadline", "read too late: its client had given up"},
    named_meaning{"dropped_version", "another version of the protocol, after others were told so"},
    named_meaning{"rejected_version", "another version of the protocol, told so"},
    named_meaning{"queries", "questions answered, errors included"},
    named_meaning{"pings", "pings answered"},
    named_meaning{"fetches", "parts of the list of servers sent"},
    named_meaning{"formerr", "answered: the question is malformed"},
    named_meaning{"busy", "answered: too busy, ask another server"},
    named_meaning{"loading", "answered: no snapshot yet"},
    named_meaning{"toosmall", "answered: the question leaves no room for its answer"},
    named_meaning{"wrong_clock", "answered: the client's clock is wrong"},
    named_meaning{"over_rate", "answered busy: above the client's rate"},
    named_meaning{"keys_listed", "keys that are listed"},
    named_meaning{"keys_near", "texts that are a hint at a campaign"},
    named_meaning{"keys_not_listed", "keys that are not listed"},
    named_meaning{"keys_unsupported", "keys of kinds that this server does not know"},
    named_meaning{"keys_malformed", "keys of a wrong length or form"},
    named_meaning{"keys_skipped", "keys beyond a limit of their question"},
    named_meaning{"keys_refused", "keys of kinds that the client may not ask about"},
    named_meaning{"send_failed", "replies that could not be sent"},
    named_meaning{"kernel_drops", "datagrams lost before they were read: too many at once"},
    named_meaning{"campaigns", "campaigns of texts that are known now"},
};

std::string_view meaning_of(std::string_view name) {
  const auto* found = std::ranges::find(meanings, name, &named_meaning::first);
  return found == meanings.end() ? std::string_view() : found->second;
}

std::variant<std::string, change_failure> ask(const std::string& db) {
  auto server = control_client::connect(db);
  if (auto* failed = std::get_if<control_failure>(&server)) {
    return change_failure{failed->nobody ? exit_again : exit_io, std::move(failed->message)};
  }
  auto reply = std::get<control_client>(server).ask(R"({"cmd":"stats"})");
  if (auto* failed = std::get_if<control_failure>(&reply)) {
    return change_failure{exit_io, std::move(failed->message)};
  }
  return std::get<std::string>(std::move(reply));
}

}  // namespace

std::variant<std::string, change_failure> show_counters(const std::string& reply) {
  if (auto error = error_in(reply)) {
    return std::move(*error);
  }
  simdjson::dom::parser parser;
  simdjson::dom::object counters;
  const simdjson::padded_string padded_reply(reply);
  if (parser.parse(padded_reply).get(counters) != simdjson::SUCCESS) {
    return change_failure{exit_io, "the server's answer cannot be read"};
  }
  std::string out;
  for (const auto& [name, value] : counters) {
    std::uint64_t count = 0;  // what is no number is more than one
    if (value.get(count) == simdjson::SUCCESS && count != 0) {
      const std::string_view meaning = meaning_of(name);
      out += fmt::format("{}  {:>15}{}{}\n", padded(printable(name), 16), grouped(count),
                         meaning.empty() ? "" : "  ", meaning);
    }
  }
  return out;
}

int cmd_counters(const counters_options& options) {
  const auto complain = [](int code, std::string_view what) {
    fmt::print(stderr, "repute counters: {}\n", printable(what));
    return code;
  };
  const auto db = database_of(options.db);
  if (!db) {
    return complain(exit_usage, no_database);
  }
  const auto reply = ask(*db);
  const auto shown = reply.index() == 0 ? show_counters(std::get<std::string>(reply)) : reply;
  if (const auto* failed = std::get_if<change_failure>(&shown)) {
    return complain(failed->exit_code, failed->message);
  }
  fmt::print("{}",
             options.json ? std::get<std::string>(reply) + "\n" : std::get<std::string>(shown));
  return exit_ok;
}

}  // namespace repute::tool
