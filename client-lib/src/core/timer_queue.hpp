// SPDX-License-Identifier: Apache-2.0
// Timers that are mostly never needed, since the answer comes first: a heap whose outdated entries
// are thrown away when they reach the top.
#pragma once

#include <functional>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "core/clock.hpp"

namespace repute::core {

/// `Valid` below is called with (id, time) and says whether that timer is still wanted.
template <class Id>
class timer_queue {
 public:
  void add(time_point at, Id id) { heap_.emplace(at, id); }

  /// When the first timer is due.
  template <class Valid>
  [[nodiscard]] std::optional<time_point> next(const Valid& valid) {
    while (!heap_.empty() && !valid(heap_.top().second, heap_.top().first)) {
      heap_.pop();
    }
    return heap_.empty() ? std::nullopt : std::optional{heap_.top().first};
  }

  /// Takes the first timer that is due at `now`.
  template <class Valid>
  [[nodiscard]] std::optional<Id> take(time_point now, const Valid& valid) {
    const auto due = next(valid);
    if (!due || *due > now) {
      return std::nullopt;
    }
    const Id id = heap_.top().second;
    heap_.pop();
    return id;
  }

 private:
  using entry = std::pair<time_point, Id>;
  std::priority_queue<entry, std::vector<entry>, std::greater<>> heap_;
};

}  // namespace repute::core
