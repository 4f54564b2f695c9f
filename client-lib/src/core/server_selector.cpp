// SPDX-License-Identifier: Apache-2.0
#include "core/server_selector.hpp"

#include <algorithm>
#include <cassert>

namespace repute::core {
namespace {

constexpr std::chrono::seconds explore_after{2};
constexpr std::chrono::milliseconds retry_after_min{1};
constexpr std::chrono::milliseconds retry_after_max{1000};

}  // namespace

server_selector::server_selector(std::size_t servers) : servers_(servers) {
  assert(servers >= 1 && servers <= client_servers_max);
}

std::vector<std::size_t> server_selector::not_asked_lately(time_point now) const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    const server_state& s = servers_[i];
    if (now >= s.busy_until && (!s.asked_at || now - *s.asked_at >= explore_after)) {
      found.push_back(i);
    }
  }
  return found;
}

bool server_selector::better(const server_state& a, const server_state& b) noexcept {
  if (a.suspect != b.suspect) {
    return b.suspect;
  }
  return a.rtt.srtt() + a.qdelay < b.rtt.srtt() + b.qdelay;
}

std::optional<std::size_t> server_selector::pick(const server_set& tried, time_point now,
                                                 std::mt19937_64& random) const {
  if (tried.none()) {
    // At random, or all clients that start together would explore in the same order.
    if (const auto forgotten = not_asked_lately(now); !forgotten.empty()) {
      return forgotten[random() % forgotten.size()];
    }
  }
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    if (now < servers_[i].busy_until) {
      continue;
    }
    const bool fresher = best && tried[*best] && !tried[i];
    const bool equal = best && tried[*best] == tried[i];
    if (!best || fresher || (equal && better(servers_[i], servers_[*best]))) {
      best = i;
    }
  }
  return best;
}

microseconds server_selector::rto(std::size_t server) const noexcept {
  return servers_[server].rtt.rto(servers_[server].qdelay);
}

time_point server_selector::free_at(time_point now) const noexcept {
  time_point earliest = time_point::max();
  for (const server_state& s : servers_) {
    if (s.busy_until > now) {
      earliest = std::min(earliest, s.busy_until);
    }
  }
  return earliest == time_point::max() ? now : earliest;
}

void server_selector::on_sent(std::size_t server, time_point now) noexcept {
  servers_[server].asked_at = now;
}

void server_selector::on_answer(std::size_t server, time_point now, microseconds rtt,
                                const wire::server_status& status) noexcept {
  server_state& s = servers_[server];
  s.qdelay = microseconds{10 * status.qdelay_10us};
  switch (status.rcode) {
    case wire::rcode::ok:
      s.suspect = false;
      s.rtt.sample(rtt);
      break;
    case wire::rcode::busy:
      s.suspect = false;
      s.busy_until = now + std::clamp(std::chrono::milliseconds{status.retry_after_ms},
                                      retry_after_min, retry_after_max);
      break;
    case wire::rcode::formerr:
    case wire::rcode::toosmall:
      break;  // our fault, not the server's
    default:
      s.suspect = true;
      break;
  }
}

}  // namespace repute::core
