// SPDX-License-Identifier: Apache-2.0
#include "cmd_ping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <utility>

#include "exit_codes.hpp"
#include "repute/client/blocking_client.hpp"
#include "repute/schema/test_points.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

const test_point& host_point(bool always_hit) {
  const auto points = test_points();
  const auto found = std::ranges::find_if(points, [&](const test_point& point) {
    return point.kind == kind::host && point.always_hit() == always_hit;
  });
  if (found == points.end()) {
    throw std::logic_error("no test point for HOST");
  }
  return *found;
}

std::vector<key> canary_keys(const seal::deployment_salt& salt) {
  seal::fingerprinter fingerprint(salt);
  std::vector<key> keys;
  for (const bool always_hit : {true, false}) {
    keys.push_back(
        fingerprint.make_key(canonical_key{kind::host, canonical_of(host_point(always_hit))}));
  }
  return keys;
}

server_state state_of_error(wire::rcode rcode) noexcept {
  switch (rcode) {
    case wire::rcode::busy:
      return server_state::busy;
    case wire::rcode::loading:
      return server_state::loading;
    case wire::rcode::refused:
      return server_state::refused;
    default:
      return server_state::failing;
  }
}

bool canary_lives(const lookup_result& answer) noexcept {
  return answer.answers.size() == 2 && answer.answers[0].status == status::listed &&
         answer.answers[0].verdict == host_point(true).hit_verdict &&
         answer.answers[1].status == status::not_listed;
}

ping_report ping_server(blocking_client& client, const std::string& server, unsigned count,
                        const std::vector<key>& canary, std::array<std::uint8_t, 2> salt_fp) {
  ping_report report;
  report.server = server;
  report.state = server_state::ok;
  std::chrono::microseconds sum{0};
  for (; report.sent < count; ++report.sent) {
    auto answer = client.ping(server, canary);
    if (!answer) {
      report.state = server_state::no_answer;
      continue;
    }
    report.state = std::max(report.state, state_of(*answer, salt_fp));
    const auto rtt = answer->rtt;
    report.rtt_min = report.answered == 0 ? rtt : std::min(report.rtt_min, rtt);
    report.rtt_max = std::max(report.rtt_max, rtt);
    sum += rtt;
    ++report.answered;
    report.last = *std::move(answer);
  }
  report.rtt_mean = report.answered == 0 ? sum : sum / report.answered;
  return report;
}

std::string milliseconds(std::chrono::microseconds time) {
  return fmt::format("{:.2f}", static_cast<double>(time.count()) / 1000);
}

std::string age_text(const lookup_result& answer) {
  if (!answer.snapshot) {
    return "-";
  }
  const std::uint32_t minutes = answer.snapshot->age_minutes;
  return minutes < 120        ? fmt::format("{} min", minutes)
         : minutes < 2 * 1440 ? fmt::format("{} h", minutes / 60)
                              : fmt::format("{} d", minutes / 1440);
}

/// A snapshot tells its keys in thousands.
std::string keys_text(const lookup_result& answer) {
  if (!answer.snapshot) {
    return "-";
  }
  const std::uint32_t thousands = answer.snapshot->kilo_keys;
  return thousands == 0 ? "< 1000" : fmt::format("{}000", thousands);
}

std::string spoken(server_state state) {
  switch (state) {
    case server_state::foreign_salt:
      return "other salt";
    case server_state::wrong_answer:
      return "WRONG ANSWER";
    case server_state::no_answer:
      return "no answer";
    default:
      return std::string(word(state));
  }
}

}  // namespace

std::string_view word(server_state value) noexcept {
  constexpr std::array<std::string_view, 11> words{
      "ok",      "draining", "overloaded", "stale",        "loading",  "busy",
      "refused", "failing",  "other_salt", "wrong_answer", "no_answer"};
  return words[static_cast<std::size_t>(value)];
}

server_state state_of(const lookup_result& answer, std::array<std::uint8_t, 2> salt_fp) noexcept {
  const wire::server_status& status = answer.status;
  if (status.rcode != wire::rcode::ok) {
    return state_of_error(status.rcode);
  }
  if (status.salt_fp != salt_fp) {
    return server_state::foreign_salt;
  }
  if (!canary_lives(answer)) {
    return server_state::wrong_answer;
  }
  const auto has = [&](std::uint8_t flag) { return (status.sflags & flag) != 0; };
  return has(wire::sflag_loading)    ? server_state::loading
         : has(wire::sflag_stale)    ? server_state::stale
         : has(wire::sflag_overload) ? server_state::overloaded
         : has(wire::sflag_drain)    ? server_state::draining
                                     : server_state::ok;
}

std::string to_json(const ping_report& report) {
  std::string out =
      fmt::format(R"({{"server":{},"state":"{}","sent":{},"answered":{})",
                  json_string(report.server), word(report.state), report.sent, report.answered);
  if (report.answered == 0) {
    return out + '}';
  }
  const wire::server_status& status = report.last.status;
  out +=
      fmt::format(R"(,"rtt_us":{},"rtt_us_min":{},"rtt_us_max":{},"generation":{},"server_id":{})",
                  report.rtt_mean.count(), report.rtt_min.count(), report.rtt_max.count(),
                  status.generation, status.server_id);
  out += fmt::format(R"(,"load":{:.3f},"queue_delay_us":{})",
                     static_cast<double>(status.load) / 255, 10 * unsigned{status.qdelay_10us});
  out += status.data_age_s == wire::data_age_none
             ? std::string(R"(,"data_age_s":null)")
             : fmt::format(R"(,"data_age_s":{})", status.data_age_s);
  if (report.last.snapshot) {
    out += fmt::format(R"(,"snapshot_age_min":{},"kilo_keys":{})",
                       report.last.snapshot->age_minutes, report.last.snapshot->kilo_keys);
  }
  return out + '}';
}

std::string to_text(const std::vector<ping_report>& reports) {
  std::size_t width = 6;
  for (const ping_report& report : reports) {
    width = std::max(width, report.server.size());
  }
  std::string out =
      fmt::format("{:<{}}  {:<12}  {:>8}  {:>22}  {:>10}  {:>9}  {:>6}\n", "server", width, "state",
                  "answered", "ms min / mean / max", "generation", "keys", "age");
  for (const ping_report& report : reports) {
    const bool answered = report.answered > 0;
    const std::string rtt = answered ? milliseconds(report.rtt_min) + " / " +
                                           milliseconds(report.rtt_mean) + " / " +
                                           milliseconds(report.rtt_max)
                                     : "-";
    out +=
        fmt::format("{:<{}}  {:<12}  {:>8}  {:>22}  {:>10}  {:>9}  {:>6}\n", report.server, width,
                    spoken(report.state), fmt::format("{}/{}", report.answered, report.sent), rtt,
                    answered ? fmt::to_string(report.last.status.generation) : "-",
                    keys_text(report.last), age_text(report.last));
  }
  return out;
}

int cmd_ping(const ping_options& options) {
  std::string problem;
  int exit_code = exit_ok;
  const auto salt = salt_of(options.connection, problem, exit_code);
  if (!salt) {
    fmt::print(stderr, "repute: {}\n", printable(problem));
    return exit_code;
  }
  std::vector<ping_report> reports;
  try {
    blocking_client client(client_options_of(options.connection, *salt));
    const std::vector<key> canary = canary_keys(*salt);
    for (const std::string& server : client.servers()) {
      reports.push_back(
          ping_server(client, server, options.count, canary, seal::salt_fingerprint(*salt)));
    }
  } catch (const boost::system::system_error& failure) {
    return report_start_failure(failure);
  }
  if (options.json) {
    for (const ping_report& report : reports) {
      fmt::print("{}\n", to_json(report));
    }
  } else {
    fmt::print("{}", to_text(reports));
  }
  const auto any = [&](auto... states) {
    return std::ranges::any_of(reports,
                               [&](const ping_report& r) { return ((r.state == states) || ...); });
  };
  if (any(server_state::no_answer, server_state::loading, server_state::busy, server_state::refused,
          server_state::failing)) {
    return exit_unavailable;
  }
  return any(server_state::wrong_answer, server_state::foreign_salt) ? exit_wrong : exit_ok;
}

}  // namespace repute::tool
