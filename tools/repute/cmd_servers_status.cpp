// SPDX-License-Identifier: Apache-2.0
#include "cmd_servers_status.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <cstdio>
#include <vector>

#include "exit_codes.hpp"
#include "repute/client/blocking_client.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

constexpr int looks_a_second = 50;
constexpr const char* clear_screen = "\x1b[H\x1b[2J";

/// The IPv4 test point that is always listed: it needs no salt.
key test_key() {
  return {kind::ip4, std::array<std::uint8_t, 4>{127, 0, 0, 2}};
}

/// A second of lookups, each 20 ms after the one before.
void look(blocking_client& client) {
  for (int i = 0; i < looks_a_second; ++i) {
    (void)client.lookup({test_key()});  // how it ends is what the report tells
    client.run_for(std::chrono::milliseconds{1000 / looks_a_second});
  }
}

std::string milliseconds(std::chrono::microseconds time) {
  return fmt::format("{:.2f}", static_cast<double>(time.count()) / 1000);
}

std::string data_age(const server_report& server) {
  return !server.status || server.status->data_age_s == wire::data_age_none
             ? "-"
             : fmt::format("{} s", server.status->data_age_s);
}

std::vector<std::string> cells(const server_report& server) {
  const bool measured = server.srtt.count() > 0;
  return {server.server,
          std::string(word(server.tier)),
          measured ? milliseconds(server.srtt) : "-",
          measured ? milliseconds(server.rttvar) : "-",
          milliseconds(server.queue),
          fmt::format("{}", server.in_flight),
          fmt::format("{:.0f} %", 100 * server.share),
          server.status ? fmt::format("{}", server.status->generation) : "-",
          data_age(server),
          server.reason};
}

std::string server_json(const server_report& server) {
  std::string out = fmt::format(
      R"({{"server":{},"state":"{}","used":{},"reason":{},"srtt_us":{},"rttvar_us":{},"rto_us":{},)"
      R"("queue_us":{},"bias_us":{},"cost_us":{},"share":{:.4f},"in_flight":{},"sockets":{},)"
      R"("sockets_quiet":{},"sends":{},"answers":{},"timeouts":{})",
      json_string(server.server), word(server.tier), server.used, json_string(server.reason),
      server.srtt.count(), server.rttvar.count(), server.rto.count(), server.queue.count(),
      server.bias.count(), server.cost.count(), server.share, server.in_flight, server.sockets,
      server.sockets_quiet, server.sends, server.answers, server.timeouts);
  if (server.status) {
    const wire::server_status& status = *server.status;
    out += fmt::format(R"(,"generation":{},"data_epoch":{},"server_id":{},"data_age_s":)",
                       status.generation, status.data_epoch, status.server_id);
    out += status.data_age_s == wire::data_age_none ? "null" : fmt::format("{}", status.data_age_s);
  }
  if (server.snapshot) {
    out += fmt::format(R"(,"snapshot_age_minutes":{})", server.snapshot->age_minutes);
  }
  return out + '}';
}

void show(const client_report& report, bool json, bool first) {
  if (json) {
    fmt::print("{}\n", to_json(report));
  } else if (::isatty(STDOUT_FILENO) != 0 && !first) {
    fmt::print("{}{}", clear_screen, to_text(report));
  } else {
    fmt::print("{}", to_text(report));
  }
  std::fflush(stdout);
}

}  // namespace

std::string to_json(const client_report& report) {
  std::string servers;
  for (const server_report& server : report.servers) {
    servers += (servers.empty() ? "" : ",") + server_json(server);
  }
  return fmt::format(R"({{"list_version":{},"list_problem":{},"servers":[{}]}})",
                     report.list_version, json_string(report.list_problem), servers);
}

std::string to_text(const client_report& report) {
  std::vector<std::vector<std::string>> rows{{"server", "state", "srtt ms", "rttvar ms", "queue ms",
                                              "in flight", "share", "generation", "data age",
                                              "why"}};
  for (const server_report& server : report.servers) {
    rows.push_back(cells(server));
  }
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += i + 1 < row.size() ? padded(row[i], widths[i] + 2) : row[i];
    }
    text += line + '\n';
  }
  if (report.list_version > 0) {
    text += fmt::format("list of servers: version {}\n", report.list_version);
  }
  if (!report.list_problem.empty()) {
    text += fmt::format("list of servers: {}\n", printable(report.list_problem));
  }
  return text;
}

int cmd_servers_status(const servers_status_options& options) {
  try {
    client_options settings;
    settings.servers = servers_of(options.connection);
    settings.deadline = std::chrono::milliseconds{options.connection.deadline_ms};
    settings.credentials = credentials_of(options.connection);
    settings.plain = options.connection.plain;
    settings.list_key = options.list_key;
    settings.list_file = options.list_file;
    blocking_client client(settings);
    client_report report;
    bool first = true;
    do {
      look(client);
      report = client.report();
      show(report, options.json, first);
      first = false;
    } while (options.watch);
    // With nobody else there, a server that never answered would be asked, too.
    const auto answers = [](const server_report& it) { return it.used && it.answers > 0; };
    return std::ranges::any_of(report.servers, answers) ? exit_ok : exit_unavailable;
  } catch (const boost::system::system_error& failure) {
    return report_start_failure(failure);
  }
}

}  // namespace repute::tool
