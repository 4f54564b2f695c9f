// SPDX-License-Identifier: Apache-2.0
#include "core/answer_cache.hpp"

#include <chrono>
#include <iterator>

namespace repute::core {
namespace {

/// Server ids are told by servers: no list of them grows without bound.
constexpr std::size_t servers_known_max = 1024;

bool may_be_kept(const answer& a) noexcept {
  return (a.status == status::listed || a.status == status::not_listed) && a.ttl_s > 0 &&
         (a.vflags & vflag_nocache) == 0;
}

}  // namespace

std::optional<answer> answer_cache::find(const key& k, time_point now) {
  const auto found = index_.find(&k);
  if (found == index_.end()) {
    return std::nullopt;
  }
  const position at = found->second;
  if (at->expires <= now) {
    erase(at);
    return std::nullopt;
  }
  entries_.splice(entries_.begin(), entries_, at);
  return at->value;
}

void answer_cache::put(const key& k, const answer& a, time_point now) {
  if (keys_max_ == 0) {
    return;
  }
  if (const auto known = index_.find(&k); known != index_.end()) {
    erase(known->second);
  }
  if (!may_be_kept(a)) {
    return;
  }
  if (entries_.size() == keys_max_) {
    erase(std::prev(entries_.end()));
  }
  entries_.push_front({k, a, now + std::chrono::seconds{a.ttl_s}});
  index_.emplace(&entries_.front().k, entries_.begin());
}

void answer_cache::on_status(const wire::server_status& status) {
  if (keys_max_ == 0) {
    return;
  }
  if (generations_.size() >= servers_known_max) {
    generations_.clear();
    clear();
  }
  const auto [known, fresh] = generations_.try_emplace(status.server_id, status.generation);
  const bool other_generation = !fresh && known->second != status.generation;
  const bool other_epoch = data_epoch_ && *data_epoch_ != status.data_epoch;
  known->second = status.generation;
  data_epoch_ = status.data_epoch;
  if (other_generation || other_epoch) {
    clear();
  }
}

void answer_cache::clear() {
  index_.clear();
  entries_.clear();
}

void answer_cache::erase(position at) {
  index_.erase(&at->k);
  entries_.erase(at);
}

}  // namespace repute::core
