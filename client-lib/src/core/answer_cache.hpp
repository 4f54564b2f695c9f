// SPDX-License-Identifier: Apache-2.0
// Answers kept for as long as their servers allow, at most a given number of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>

#include "core/batch.hpp"
#include "core/clock.hpp"
#include "repute/schema/key.hpp"
#include "repute/schema/message.hpp"
#include "repute/schema/verdict.hpp"

namespace repute::core {

/// Holds what is listed and what is not, each for its ttl_s; never errors, and nothing marked
/// NOCACHE. The one used least recently makes room. Everything goes when a server tells another
/// data epoch, or another generation than it told before: its answers may have changed.
class answer_cache {
 public:
  /// `keys_max` 0: keeps nothing.
  answer_cache(std::size_t keys_max, std::uint64_t seed)
      : keys_max_(keys_max), index_(0, hasher{seed}) {}

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

  [[nodiscard]] std::optional<answer> find(const key& k, time_point now);
  void put(const key& k, const answer& a, time_point now);
  /// Call before put() with what the same answer says of its server.
  void on_status(const wire::server_status& status);

 private:
  struct entry {
    key k;
    answer value;
    time_point expires;
  };
  struct hasher {
    std::uint64_t seed = 0;
    std::size_t operator()(const key* k) const noexcept { return hash_key(*k, seed); }
  };
  struct equals {
    bool operator()(const key* a, const key* b) const noexcept { return *a == *b; }
  };
  using position = std::list<entry>::iterator;

  void clear();
  void erase(position at);

  std::size_t keys_max_;
  std::list<entry> entries_;                                        ///< used last first
  std::unordered_map<const key*, position, hasher, equals> index_;  ///< keys are in `entries_`
  std::optional<std::uint32_t> data_epoch_;
  std::unordered_map<std::uint32_t, std::uint32_t> generations_;  ///< by server_id
};

}  // namespace repute::core
