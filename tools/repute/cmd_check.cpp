// SPDX-License-Identifier: Apache-2.0
#include "cmd_check.hpp"

#include <fmt/format.h>

#include <boost/system/system_error.hpp>
#include <csignal>
#include <cstdio>
#include <map>

#include "exit_codes.hpp"
#include "message_run.hpp"
#include "repute/mail/headers.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

using mail::checked_message;

/// `5 keys asked (1 ip, 3 domain, 1 text), 0.21 ms, server 127.0.0.1:7060`.
std::string lookup_text(const checked_message& checked) {
  std::map<std::string_view, int> counts;
  for (const key& each : checked.examined.asked.keys) {
    ++counts[word(subject_of(each.kind()))];
  }
  std::string kinds;
  for (const auto& [kind, count] : counts) {
    kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", count, kind);
  }
  if (checked.server.empty()) {
    return checked.failure.empty() ? "nobody was asked" : "no answer: " + checked.failure;
  }
  return fmt::format("{} keys asked ({}), {:.2f} ms, server {}", checked.examined.asked.keys.size(),
                     kinds, static_cast<double>(checked.rtt.count()) / 1000, checked.server);
}

/// One line of many.
std::string row_text(const std::string& file, const mail::status_report& report) {
  return fmt::format("{:<13}  {:>3}  {}{}\n", word(report.status), report.rate, printable(file),
                     report.info.empty() ? "" : "  " + printable(report.info.front()));
}

}  // namespace

std::string check_json(const std::string& file, const checked_message& checked) {
  const mail::status_report& report = checked.report;
  std::string hits;
  for (const mail::hit& each : report.hits) {
    const mail::fact& of = checked.examined.facts.facts[each.fact];
    hits +=
        fmt::format(R"({}{{"kind":{},"role":{},"value":{},"verdict":{},"score":{},"category":{}}})",
                    hits.empty() ? "" : ",", json_string(word(of.subject)),
                    json_string(word(of.role)), json_string(of.value),
                    json_string(word(each.said.verdict)), each.said.score, each.said.category);
  }
  const bool answered = !checked.server.empty();
  return fmt::format(
      R"({{"file":{},"status":{},"rate":{},"method":{},"info":{},"hits":[{}],"asked":{},)"
      R"("server":{},"rtt_us":{}}})"
      "\n",
      json_string(file), json_string(word(report.status)), report.rate, json_string(report.method),
      json_strings(report.info), hits, checked.examined.asked.keys.size(),
      answered ? json_string(checked.server) : "null",
      answered ? fmt::to_string(checked.rtt.count()) : "null");
}

std::string check_text(const checked_message& checked, const mail::policy& policy) {
  std::string out;
  for (const mail::header_field& field :
       mail::make_headers(checked.report, checked.examined.facts, policy)) {
    out += field.name + ": " + field.value + "\n";
  }
  return out + lookup_text(checked) + "\n";
}

int cmd_check(const check_options& options) {
  std::string problem;
  int exit_code = exit_ok;
  const auto salt = salt_of(options.connection, problem, exit_code);
  if (!salt) {
    fmt::print(stderr, "repute: {}\n", printable(problem));
    return exit_code;
  }
  const auto reading = begin_reading(options.mail, *salt, "repute check", exit_code);
  if (!reading) {
    return exit_code;
  }
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const mail::checker check(reading->examine, client_options_of(options.connection, *salt));
    const message_paths paths = find_messages(options.mail.files);
    const auto work = [&](const found_message& found) {
      const checked_message seen =
          check(found.bytes, reading->around.envelope, reading->around.given);
      const bool is_one = !paths.many && found.name == paths.files.front();
      return message_outcome{options.mail.json ? check_json(found.name, seen)
                             : is_one          ? check_text(seen, check.policy())
                                               : row_text(found.name, seen.report),
                             seen.report.status, !seen.failure.empty()};
    };
    message_totals totals;
    exit_code = run_messages(paths, paths.many && !options.no_progress, work, totals);
    if (!options.mail.json && (paths.many || totals.messages > 1)) {
      fmt::print("{}", summary_text(totals));
    }
    return exit_code;
  } catch (const boost::system::system_error& failure) {
    return report_start_failure(failure);
  }
}

}  // namespace repute::tool
