// SPDX-License-Identifier: Apache-2.0
#include "control/report.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "control/control_request.hpp"

namespace repute::control {

namespace {

std::string snapshot_fields(const std::optional<store::snapshot_info>& info) {
  if (!info) {
    return R"("generation":null,"keys":null,"prefixes":null,"records":null,"created":null)";
  }
  return fmt::format(R"("generation":{},"keys":{},"prefixes":{},"records":{},"created":{})",
                     info->generation, info->keys, info->prefixes, info->records,
                     info->created_unix_s);
}

}  // namespace

std::string status_json(const server_facts& facts) {
  std::string listen;
  for (const net::socket_address& address : facts.listen) {
    listen += (listen.empty() ? "" : ",") + json_quoted(net::to_string(address));
  }
  return fmt::format(R"({{"version":"{}","pid":{},"uptime_s":{},"listen":[{}],"server_id":{},{},)"
                     R"("store":"{}","workers":{},"draining":{},"sandbox":{}}})",
                     REPUTE_VERSION, ::getpid(), facts.uptime_s, listen, facts.server_id,
                     snapshot_fields(facts.in_force), word(facts.store), facts.workers,
                     facts.draining, facts.sandboxed);
}

std::string stats_json(const worker_set& workers, const store::text_counts& texts) {
  const worker_set::totals totals = workers.counters();
  std::string out = "{";
  for (std::size_t i = 0; i < totals.size(); ++i) {
    out += fmt::format(R"("{}":{},)", query::counter_names[i], totals[i]);
  }
  return out + fmt::format(R"("kernel_drops":{},"campaigns":{},"texts":[{}],)"
                           R"("ordinary_texts":[{}]}})",
                           workers.kernel_drops(), texts.campaigns,
                           fmt::join(texts.reports.all, ","),
                           fmt::join(texts.reports.ordinary, ","));
}

std::string adoption_json(const adoption& outcome) {
  const std::string generation =
      outcome.in_force ? fmt::format("{}", outcome.in_force->generation) : "null";
  if (outcome.refusal) {
    return fmt::format(R"({{"error":{},"generation":{}}})", json_quoted(outcome.refusal->message),
                       generation);
  }
  return fmt::format(R"({{"generation":{},"changed":{}}})", generation, outcome.changed);
}

std::string ready_line(const server_facts& facts, double seconds) {
  std::string out = "reputed " REPUTE_VERSION " ";
  for (const net::socket_address& address : facts.listen) {
    out += fmt::format(" udp {}", net::to_string(address));
  }
  out += facts.in_force
             ? fmt::format("  gen {}  {} keys", facts.in_force->generation, facts.in_force->keys)
             : std::string("  no snapshot yet, answering LOADING");
  return out + fmt::format("  ready in {:.2f} s", seconds);
}

}  // namespace repute::control
