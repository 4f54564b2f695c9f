// SPDX-License-Identifier: Apache-2.0
// Datagrams that were sent and not answered yet. They outlive their lookups, so that a late answer
// still tells of its server.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>

#include "core/clock.hpp"
#include "core/timer_queue.hpp"
#include "repute/schema/wire.hpp"

namespace repute::core {

using question_id = std::uint64_t;
using req_id = std::uint64_t;

struct attempt {
  question_id question = 0;  ///< 0: a ping of our own, or the fetch of a list
  std::size_t server = 0;
  std::size_t socket = 0;
  std::size_t keys = 0;
  wire::type expects = wire::type::answer;
  std::uint64_t sid = 0;  ///< the session under which it was sealed
  bool waiting = true;    ///< counted as on its way; false after its timeout or a refusal
  bool failed = false;    ///< refused: an answer is not expected, but would count
  time_point sent_at;
  time_point due;     ///< then it counts as unanswered
  time_point forget;  ///< an answer even later is of no use
};

class attempt_table {
 public:
  [[nodiscard]] bool contains(req_id id) const { return open_.contains(id); }

  void add(req_id id, const attempt& made) {
    open_.emplace(id, made);
    due_.add(made.due, id);
  }

  [[nodiscard]] attempt* find(req_id id) {
    const auto found = open_.find(id);
    return found == open_.end() ? nullptr : &found->second;
  }
  void erase(req_id id) { open_.erase(id); }

  /// When the first of those waiting is due.
  [[nodiscard]] std::optional<time_point> next_due() {
    return due_.next([this](req_id id, time_point at) { return waits(id, at); });
  }

  /// The next attempt that was due and is not waited for any more. Null if there is none.
  [[nodiscard]] attempt* take_due(time_point now) {
    const auto id =
        due_.take(now, [this](req_id waiting, time_point at) { return waits(waiting, at); });
    if (!id) {
      return nullptr;
    }
    attempt& late = open_.at(*id);
    late.waiting = false;
    ages_.emplace_back(now + check_after, *id);
    return &late;
  }

  /// Frees those nobody will ask for again.
  void forget_old(time_point now) {
    while (!ages_.empty() && ages_.front().first <= now) {
      const req_id id = ages_.front().second;
      ages_.pop_front();
      const auto found = open_.find(id);
      if (found == open_.end()) {
        continue;
      }
      if (found->second.forget <= now) {
        open_.erase(found);
      } else {
        ages_.emplace_back(now + check_after, id);
      }
    }
  }

  /// Refused attempts, too, must be forgotten one day.
  void refuse(req_id id, attempt& refused, time_point now) {
    refused.failed = true;
    if (std::exchange(refused.waiting, false)) {
      ages_.emplace_back(now + check_after, id);
    }
  }

  /// Calls `f(id, attempt&)` for each, in no order.
  template <class F>
  void for_each(const F& f) {
    for (auto& [id, it] : open_) {
      f(id, it);
    }
  }
  template <class F>
  void erase_if(const F& f) {
    std::erase_if(open_, [&](const auto& it) { return f(it.second); });
  }

 private:
  static constexpr std::chrono::seconds check_after{1};

  [[nodiscard]] bool waits(req_id id, time_point at) const {
    const auto found = open_.find(id);
    return found != open_.end() && found->second.waiting && found->second.due == at;
  }

  std::unordered_map<req_id, attempt> open_;
  timer_queue<req_id> due_;
  std::deque<std::pair<time_point, req_id>> ages_;  ///< when to look whether to forget
};

}  // namespace repute::core
