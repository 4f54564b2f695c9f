// SPDX-License-Identifier: Apache-2.0
// Who waits for what. A *lookup* is a caller with a deadline; lookups of the same keys share an
// *inquiry*; an inquiry is one or several *questions*, each a datagram's worth of keys. Bookkeeping
// only: nothing is decided here.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/attempt_table.hpp"
#include "core/events.hpp"
#include "core/server_selector.hpp"
#include "core/timer_queue.hpp"
#include "repute/schema/key.hpp"

namespace repute::core {

using inquiry_id = std::uint64_t;

/// Nearly always one.
template <class Id>
using few = boost::container::small_vector<Id, 2>;

/// What one datagram asks: a share of an inquiry's keys.
struct question {
  question_id id = 0;
  inquiry_id inquiry = 0;
  std::size_t first = 0;  ///< into inquiry::keys
  std::size_t count = 0;
  server_set tried;
  unsigned sends = 0;
  unsigned denied = 0;          ///< retries for which the budget had no token
  unsigned open = 0;            ///< attempts that may still be answered
  std::optional<errc> failure;  ///< of the attempt that failed last
  std::optional<time_point> timer;
};

struct inquiry {
  inquiry_id id = 0;
  std::vector<key> keys;
  std::vector<answer> answers;  ///< of `keys`
  few<question_id> questions;   ///< those unanswered
  few<lookup_id> waiting;
  time_point deadline;                ///< of the most patient
  std::optional<std::size_t> pinged;  ///< a ping of the caller's, to this slot
  bool sharable = false;
  std::uint64_t hash = 0;  ///< of `keys`, if it was sharable
  lookup_result result;    ///< all but the answers
};

struct lookup {
  inquiry_id inquiry = 0;
  time_point deadline;
  std::vector<answer> answers;  ///< in the order of the request; those from the cache are filled
  /// Which answers are still missing, and which of the inquiry's they are.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> missing;
};

class request_table {
 public:
  explicit request_table(std::uint64_t seed) noexcept : seed_(seed) {}

  /// `keys` without repetition. A sharable one may be found by others.
  inquiry& open(std::vector<key> keys, time_point deadline, bool sharable);
  /// A sharable inquiry about exactly these keys, in this order; null if there is none.
  [[nodiscard]] inquiry* find_same(std::span<const key> keys);
  void unshare(inquiry& i);
  question& add_question(inquiry& i, std::size_t first, std::size_t count);
  void add_lookup(lookup_id id, lookup l, inquiry& to);

  [[nodiscard]] inquiry& inquiry_at(inquiry_id id) { return inquiries_.at(id); }
  [[nodiscard]] inquiry& inquiry_of(const question& q) { return inquiries_.at(q.inquiry); }
  [[nodiscard]] question* find_question(question_id id);
  [[nodiscard]] lookup* find_lookup(lookup_id id);

  void remove_question(question& q);
  /// Takes the lookup out. The last one takes its inquiry with it.
  lookup remove_lookup(lookup_id id);

  void set_timer(question& q, std::optional<time_point> at);
  [[nodiscard]] std::optional<time_point> next_timer();
  /// The next question whose timer fires, once. Null if there is none.
  [[nodiscard]] question* take_due_question(time_point now);
  /// The next lookup whose deadline has come.
  [[nodiscard]] std::optional<lookup_id> take_due_lookup(time_point now);

 private:
  [[nodiscard]] std::uint64_t hash_of(std::span<const key> keys) const noexcept;
  void close(inquiry_id id);
  [[nodiscard]] auto question_waits() const;
  [[nodiscard]] auto lookup_waits() const;

  std::uint64_t seed_;  ///< senders of mail choose the keys, but not what they hash to
  std::unordered_map<inquiry_id, inquiry> inquiries_;
  std::unordered_map<question_id, question> questions_;
  std::unordered_map<lookup_id, lookup> lookups_;
  std::unordered_map<std::uint64_t, inquiry_id> sharable_;  ///< by hash of the keys
  timer_queue<question_id> question_timers_;
  timer_queue<lookup_id> deadlines_;
  std::uint64_t last_id_ = 0;
};

}  // namespace repute::core
