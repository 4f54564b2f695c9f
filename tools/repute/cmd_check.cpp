// SPDX-License-Identifier: Apache-2.0
#include "cmd_check.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/system/system_error.hpp>
#include <csignal>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>

#include "exit_codes.hpp"
#include "message_run.hpp"
#include "repute/client/error.hpp"
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

// Whoever delivers mail has a limit of his own; this is so that a mistake does not take all memory.
constexpr std::size_t marked_bytes_max = std::size_t{256} << 20;

/// All of `file`; nothing if it cannot be read or is longer than may be.
std::optional<std::string> read_all(const std::string& file) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> opened(
      file == "-" ? stdin : std::fopen(file.c_str(), "rb"), std::fclose);
  if (!opened) {
    return std::nullopt;
  }
  std::string out;
  std::array<char, 65536> buffer{};
  for (std::size_t got = 1; got != 0 && out.size() <= marked_bytes_max;) {
    got = std::fread(buffer.data(), 1, buffer.size(), opened.get());
    out.append(buffer.data(), got);
  }
  const bool whole = std::ferror(opened.get()) == 0 && out.size() <= marked_bytes_max;
  return whole ? std::optional(std::move(out)) : std::nullopt;
}

/// The name of a server can be resolved; says so if not. Throws boost::system::system_error for one
/// that is not allowed.
bool can_be_asked(const std::string& name, const mail_reading& reading, client_options servers) {
  servers.servers = {name};
  try {
    const mail::checker one(reading.examine, servers);
    return true;
  } catch (const boost::system::system_error& failure) {
    if (failure.code().category() == client_category()) {
      throw;
    }
    fmt::print(stderr, "repute check: {}\n", printable(failure.what()));
    return false;
  }
}

/// The status of one message. A server whose name cannot be resolved is one that does not answer:
/// mail goes on without it. Throws boost::system::system_error for servers that are not allowed.
checked_message check_one(std::string_view message, const mail_reading& reading,
                          client_options servers) {
  std::erase_if(servers.servers,
                [&](const std::string& name) { return !can_be_asked(name, reading, servers); });
  if (!servers.servers.empty()) {
    return mail::checker(reading.examine, servers)(message, reading.around.envelope,
                                                   reading.around.given);
  }
  checked_message out;
  out.examined = (*reading.examine)(message, reading.around.envelope, reading.around.given);
  out.failure = "no server";
  out.report = mail::decide(out.examined.facts, out.examined.from, out.examined.asked,
                            {{}, out.failure}, reading.examine->policy());
  return out;
}

int mark(const std::string& file, const mail_reading& reading, const client_options& servers) {
  const auto message = read_all(file);
  if (!message) {
    fmt::print(stderr, "repute check: {}: cannot be read, or is longer than 256 MiB\n",
               printable(file));
    return exit_no_input;
  }
  const checked_message seen =
      check_one(std::string_view(*message).substr(0, message_bytes_max), reading, servers);
  const mail::policy& policy = reading.examine->policy();
  const std::string marked = mail::mark_message(
      *message, mail::make_headers(seen.report, seen.examined.facts, policy), policy.headers);
  const bool written = std::fwrite(marked.data(), 1, marked.size(), stdout) == marked.size() &&
                       std::fflush(stdout) == 0;
  if (!written) {
    fmt::print(stderr, "repute check: cannot write the message\n");
  }
  return written ? exit_ok : exit_io;
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
  if (options.mark && options.mail.files.size() != 1) {
    fmt::print(stderr, "repute check: --mark takes one message\n");
    return exit_usage;
  }
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
    const client_options servers = client_options_of(options.connection, *salt);
    if (options.mark) {
      return mark(options.mail.files.front(), *reading, servers);
    }
    const mail::checker check(reading->examine, servers);
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
