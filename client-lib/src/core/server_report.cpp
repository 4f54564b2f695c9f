// SPDX-License-Identifier: Apache-2.0
// What server_selector knows, in words and figures for people.
#include "repute/client/server_report.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "core/server_selector.hpp"

namespace repute {

std::string_view word(server_tier tier) noexcept {
  constexpr std::array<std::string_view, 6> words{"up",       "stale",   "suspect",
                                                  "draining", "loading", "down"};
  return words[static_cast<std::size_t>(tier)];
}

namespace core {
namespace {

std::string milliseconds_text(std::chrono::steady_clock::duration time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) +
         " ms";
}

const char* text_of(defect found) noexcept {
  switch (found) {
    case defect::none:
      break;
    case defect::unproven:
      return "new, not yet proven";
    case defect::silent:
      return "does not answer";
    case defect::failing:
      return "answers with errors";
    case defect::wrong_answers:
      return "answers test keys wrongly";
    case defect::foreign_salt:
      return "its data has another salt";
    case defect::loading:
      return "has no snapshot yet";
  }
  return "";
}

/// `1.5 times the cheapest`.
std::string ratio_text(double cost, double cheapest) {
  const auto tenths = static_cast<std::uint64_t>(std::min(10 * cost / cheapest, 1e6));
  return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " times the cheapest";
}

}  // namespace

server_tier server_selector::tier_of(const server_record& server) const noexcept {
  const server_health& health = server.health();
  return health.why_down() == defect::loading               ? server_tier::loading
         : health.down()                                    ? server_tier::down
         : health.suspect()                                 ? server_tier::suspect
         : health.draining()                                ? server_tier::draining
         : data_is_stale(server) || snapshot_is_old(server) ? server_tier::stale
                                                            : server_tier::up;
}

server_report server_selector::describe(const server_record& server, time_point now) const {
  server_report out;
  out.server = server.spec().name;
  out.tier = tier_of(server);
  out.srtt = server.rtt().srtt();
  out.rttvar = server.rtt().rttvar();
  out.rto = server.rto(now);
  out.queue = server.queue(now);
  out.bias = server.spec().bias;
  out.cost = microseconds{static_cast<std::int64_t>(cost(server, now))};
  out.in_flight = server.in_flight();
  out.sockets = static_cast<unsigned>(server.sockets().size());
  out.sockets_quiet = static_cast<unsigned>(server.sockets().suspects());
  out.sends = server.sends();
  out.answers = server.answers();
  out.timeouts = server.timeouts();
  out.status = server.status();
  out.snapshot = server.snapshot();
  if (server.status()) {
    out.status_age = std::chrono::duration_cast<microseconds>(now - server.status_at());
  }
  return out;
}

std::vector<server_report> server_selector::report(time_point now) {
  update_norms(now);
  const server_set askable = group();
  double cheapest = 0;
  double asked = 0;
  for (const std::size_t slot : order_) {
    const double price = cost(at(slot), now);
    asked += at(slot).asked().at(now);
    if (askable[slot] && now >= at(slot).busy_until() && (cheapest == 0 || price < cheapest)) {
      cheapest = price;
    }
  }
  std::vector<server_report> all;
  for (const std::size_t slot : order_) {
    const server_record& server = at(slot);
    server_report& it = all.emplace_back(describe(server, now));
    const double price = cost(server, now);
    it.share = asked > 0 ? server.asked().at(now) / asked : 0;
    it.used = askable[slot] && now >= server.busy_until() && in_band(price, cheapest);
    it.reason = reason_of(server, price, cheapest, now);
  }
  return all;
}

std::string server_selector::reason_of(const server_record& server, double price, double cheapest,
                                       time_point now) const {
  const server_health& health = server.health();
  if (health.down()) {
    return text_of(health.why_down());
  }
  if (now < server.busy_until()) {
    return "busy for " + milliseconds_text(server.busy_until() - now);
  }
  if (health.suspect()) {
    return "no answer since " + milliseconds_text(now - health.answered_at());
  }
  if (health.draining()) {
    return "is about to stop";
  }
  if (data_is_stale(server)) {
    return "its data is older than that of the others";
  }
  if (snapshot_is_old(server)) {
    return "its snapshot is older than those of the others";
  }
  if (!server.rtt().sampled()) {
    return "not measured yet";
  }
  if (health.ramp(now) < 1) {
    return "is back, " + std::to_string(static_cast<int>(100 * health.ramp(now))) +
           " % of its load";
  }
  return price <= cheapest          ? "cheapest"
         : in_band(price, cheapest) ? "hardly more than the cheapest"
                                    : ratio_text(price, cheapest);
}

}  // namespace core
}  // namespace repute
