// SPDX-License-Identifier: Apache-2.0
#include "query/session_cache.hpp"

#include <tuple>

namespace repute::query {

session_cache::session_cache() {
  // No growing while datagrams wait.
  sessions_.reserve(sessions_max);
  of_client_.reserve(sessions_max);
  passing_.reserve(batch_max);
}

std::size_t session_cache::hash::operator()(const session_name& name) const noexcept {
  // Only clients with keys choose what is in the table, so this need not be secret.
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15U;
  std::uint64_t mixed = (name.sid ^ odd) * odd;
  mixed ^= mixed >> 32;
  mixed = (mixed ^ name.client_id ^ std::uint64_t{name.suite} << 40) * odd;
  return mixed ^ mixed >> 32;
}

session* session_cache::find(const session_name& name, std::uint64_t batch) noexcept {
  if (const auto found = sessions_.find(name); found != sessions_.end()) {
    found->second->last_batch = batch;
    return found->second.get();
  }
  if (passing_batch_ == batch) {
    for (const auto& each : passing_) {
      if (each->name == name) {
        return each.get();
      }
    }
  }
  return nullptr;
}

// Scans all: some tens of microseconds, which only a new session in a full cache costs.
session_cache::table::iterator session_cache::victim(const session_name& for_whom,
                                                     std::uint16_t hour, std::uint64_t batch,
                                                     bool of_same_client) noexcept {
  const auto is_old = [hour](const session_name& name) {
    return seal::hour_of_session(name.sid) != hour;
  };
  auto best = sessions_.end();
  for (auto at = sessions_.begin(); at != sessions_.end(); ++at) {
    const session& each = *at->second;
    if (each.last_batch == batch || (of_same_client && each.name.client_id != for_whom.client_id) ||
        (is_old(for_whom) && !is_old(each.name))) {
      continue;
    }
    const auto worth = [&](const session& of) {
      return std::tuple(is_old(of.name) ? 0 : 1, of.last_batch);
    };
    if (best == sessions_.end() || worth(each) < worth(*best->second)) {
      best = at;
    }
  }
  return best;
}

void session_cache::forget(table::iterator which) noexcept {
  const auto count = of_client_.find(which->first.client_id);
  if (--count->second == 0) {
    of_client_.erase(count);
  }
  sessions_.erase(which);
}

session* session_cache::keep(std::unique_ptr<session> fresh, std::uint16_t hour,
                             std::uint64_t batch) {
  const session_name name = fresh->name;
  fresh->last_batch = batch;
  const auto of_client = of_client_.find(name.client_id);
  const bool too_many_of_client =
      of_client != of_client_.end() && of_client->second >= sessions_of_client_max;
  bool room = !too_many_of_client && sessions_.size() < sessions_max;
  if (!room) {
    if (const auto out = victim(name, hour, batch, too_many_of_client); out != sessions_.end()) {
      forget(out);
      room = true;
    }
  }
  if (!room) {
    return keep_for(batch, std::move(fresh));
  }
  session* const kept = fresh.get();
  std::size_t& count = of_client_[name.client_id];
  sessions_.emplace(name, std::move(fresh));
  ++count;
  return kept;
}

session* session_cache::keep_for(std::uint64_t batch, std::unique_ptr<session> fresh) {
  session* const kept = fresh.get();
  if (passing_batch_ != batch) {
    passing_.clear();
    passing_batch_ = batch;
  }
  passing_.push_back(std::move(fresh));
  return kept;
}

}  // namespace repute::query
