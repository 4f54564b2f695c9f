// SPDX-License-Identifier: Apache-2.0
#include "core/server_selector.hpp"

#include <algorithm>
#include <cassert>

namespace repute::core {
namespace {

constexpr double cost_stale = 4;
constexpr double cost_old_snapshot = 4;
constexpr double cost_suspect = 20;
constexpr double cost_draining = 1000;  // it stops within seconds: any other is better
constexpr double stale_after_s = 30;    ///< above the median
constexpr double old_snapshot_after_minutes = 24 * 60;  ///< above the median
/// Ages are told in seconds, so there is no hurry to compare them.
constexpr microseconds norms_last{100'000};

double uniform(std::mt19937_64& random) noexcept {
  return static_cast<double>(random() >> 11) * 0x1.0p-53;
}

/// The lower one of two in the middle; 0 of nothing.
double median(std::vector<double>& values) {
  if (values.empty()) {
    return 0;
  }
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace

server_selector::change server_selector::replace(std::span<const server_spec> servers, defect start,
                                                 time_point now) {
  change made;
  const auto wanted = servers.first(std::min(servers.size(), slots_.size()));
  for (const std::size_t slot : order_) {
    const std::string& name = at(slot).spec().name;
    if (std::ranges::find(wanted, name, &server_spec::name) == wanted.end()) {
      slots_[slot].reset();
      made.removed.push_back(slot);
    }
  }
  std::vector<std::size_t> order;
  for (const server_spec& spec : wanted) {
    const auto kept = std::ranges::find_if(
        order_, [&](std::size_t slot) { return has(slot) && at(slot).spec().name == spec.name; });
    if (kept != order_.end()) {
      at(*kept).set_bias(spec.bias);
      order.push_back(*kept);
      continue;
    }
    const auto free = std::ranges::find_if(slots_, [](const auto& it) { return !it.has_value(); });
    assert(free != slots_.end());
    free->emplace(spec, start, now);
    order.push_back(static_cast<std::size_t>(free - slots_.begin()));
    made.added.push_back(order.back());
  }
  order_ = std::move(order);
  norms_at_.reset();
  return made;
}

void server_selector::settle(time_point now, std::mt19937_64& random) {
  for (const std::size_t slot : order_) {
    at(slot).settle(now, random);
  }
  if (!norms_at_ || now - *norms_at_ >= norms_last) {
    update_norms(now);
  }
}

void server_selector::update_norms(time_point now) {
  std::vector<double> ages;
  std::vector<double> snapshots;
  for (const std::size_t slot : order_) {
    const server_record& server = at(slot);
    if (server.health().down() || !server.status()) {
      continue;
    }
    if (server.status()->data_age_s != wire::data_age_none) {
      ages.push_back(server.status()->data_age_s);
    }
    if (server.snapshot()) {
      snapshots.push_back(server.snapshot()->age_minutes);
    }
  }
  norms_ = {!ages.empty(), median(ages), median(snapshots)};
  norms_at_ = now;
}

bool server_selector::data_is_stale(const server_record& server) const noexcept {
  if (!server.status()) {
    return false;
  }
  const wire::server_status& status = *server.status();
  if ((status.sflags & wire::sflag_stale) != 0) {
    return true;
  }
  return status.data_age_s == wire::data_age_none
             ? norms_.streams  // the others follow a stream, this one does not
             : status.data_age_s > norms_.age_s + stale_after_s;
}

bool server_selector::snapshot_is_old(const server_record& server) const noexcept {
  return server.snapshot() &&
         server.snapshot()->age_minutes > norms_.snapshot_minutes + old_snapshot_after_minutes;
}

double server_selector::cost(const server_record& server, time_point now) const noexcept {
  return server.base_cost(now) * (data_is_stale(server) ? cost_stale : 1) *
         (snapshot_is_old(server) ? cost_old_snapshot : 1) *
         (server.health().suspect() ? cost_suspect : 1) *
         (server.health().draining() ? cost_draining : 1);
}

/// Servers that lookups may go to: all that are not down, else those that have just shown life,
/// else all.
server_set server_selector::group() const noexcept {
  server_set usable;
  server_set reviving;
  server_set all;
  for (const std::size_t slot : order_) {
    const server_health& health = at(slot).health();
    usable.set(slot, !health.down());
    reviving.set(slot, health.proofs() > 0);
    all.set(slot);
  }
  return usable.any() ? usable : reviving.any() ? reviving : all;
}

std::optional<std::size_t> server_selector::pick(const server_set& tried, time_point now,
                                                 std::mt19937_64& random) {
  settle(now, random);
  server_set free = group();
  for (const std::size_t slot : order_) {
    if (now < at(slot).busy_until()) {
      free.reset(slot);
    }
  }
  if (free.none()) {
    return std::nullopt;
  }
  const server_set untried = free & ~tried;
  return draw(untried.any() ? untried : free, now, random);
}

std::size_t server_selector::draw(const server_set& among, time_point now,
                                  std::mt19937_64& random) const {
  std::array<offer, client_servers_max> offers;
  std::size_t count = 0;
  for (int pass = 0; count == 0; ++pass) {
    for (const std::size_t slot : order_) {
      // If all that take part are on their way back, they must do.
      if (among[slot] && (pass > 0 || at(slot).health().ramp(now) > uniform(random))) {
        offers[count++] = {slot, cost(at(slot), now)};
      }
    }
  }
  const auto all = std::span(offers).first(count);
  const double cheapest = std::ranges::min(all, {}, &offer::cost).cost;
  const auto weight = [&](const offer& it) {
    return !in_band(it.cost, cheapest) ? 0 : it.cost <= 0 ? 1 : cheapest / it.cost;
  };
  double sum = 0;
  for (const offer& it : all) {
    sum += weight(it);
  }
  double point = uniform(random) * sum;
  for (const offer& it : all) {
    if (weight(it) > 0 && (point -= weight(it)) < 0) {
      return it.slot;
    }
  }
  return std::ranges::min(all, {}, &offer::cost).slot;  // rounding
}

bool server_selector::exhausted(const server_set& tried) const noexcept {
  return (group() & ~tried).none();
}

time_point server_selector::free_at(time_point now) const noexcept {
  const server_set askable = group();
  time_point earliest = time_point::max();
  for (const std::size_t slot : order_) {
    if (askable[slot] && at(slot).busy_until() > now) {
      earliest = std::min(earliest, at(slot).busy_until());
    }
  }
  return earliest == time_point::max() ? now : earliest;
}

}  // namespace repute::core
