// SPDX-License-Identifier: Apache-2.0
#include "cmd_facts.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>

#include "exit_codes.hpp"
#include "message_run.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

constexpr std::size_t shown_max = 100;

std::string hex_of(const key& from) {
  std::string out;
  for (const std::uint8_t byte : from.bytes()) {
    out += fmt::format("{:02x}", byte);
  }
  return out;
}

std::string shortened(std::string text) {
  if (text.size() > shown_max) {
    text.resize(shown_max);
    text += "...";
  }
  return text;
}

std::string facts_text(const std::string& file, const mail::message_facts& facts,
                       const seal::fingerprinter& fingerprints) {
  std::string out = fmt::format("{}: {} facts\n", printable(file), facts.facts.size());
  for (const mail::fact& each : facts.facts) {
    out += fmt::format("{:<9}  {:<15}  {:<32}  {}\n", word(each.subject), word(each.role),
                       shortened(hex_of(fingerprints.make_key(each.canonical))),
                       printable(shortened(canon::show(each.canonical))));
  }
  for (const mail::limit each : facts.limits) {
    out += fmt::format("limit reached: {}\n", word(each));
  }
  return out;
}

}  // namespace

std::string facts_json(const std::string& file, const mail::message_facts& facts,
                       const seal::fingerprinter& fingerprints) {
  std::string list;
  for (const mail::fact& each : facts.facts) {
    list += fmt::format(R"({}{{"kind":{},"role":{},"value":{},"canonical":{},"fingerprint":"{}"}})",
                        list.empty() ? "" : ",", json_string(word(each.subject)),
                        json_string(word(each.role)), json_string(each.value),
                        json_string(canon::show(each.canonical)),
                        hex_of(fingerprints.make_key(each.canonical)));
  }
  std::vector<std::string> limits;
  for (const mail::limit each : facts.limits) {
    limits.emplace_back(word(each));
  }
  return fmt::format("{{\"file\":{},\"facts\":[{}],\"limits\":{}}}\n", json_string(file), list,
                     json_strings(limits));
}

int cmd_facts(const facts_options& options) {
  std::string problem;
  int exit_code = exit_ok;
  const auto salt = salt_of(options.connection, problem, exit_code);
  if (!salt) {
    fmt::print(stderr, "repute: {}\n", printable(problem));
    return exit_code;
  }
  const auto reading = begin_reading(options.mail, *salt, "repute facts", exit_code);
  if (!reading) {
    return exit_code;
  }
  std::signal(SIGPIPE, SIG_IGN);
  const seal::fingerprinter fingerprints(*salt);
  message_totals totals;
  return run_messages(
      find_messages(options.mail.files), false,
      [&](const found_message& found) {
        const auto& [from, given] = reading->around;
        const auto seen = (*reading->examine)(found.bytes, from, given);
        return message_outcome{options.mail.json ? facts_json(found.name, seen.facts, fingerprints)
                                                 : facts_text(found.name, seen.facts, fingerprints),
                               {},
                               false};
      },
      totals);
}

}  // namespace repute::tool
