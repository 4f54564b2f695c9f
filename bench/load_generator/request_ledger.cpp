// SPDX-License-Identifier: Apache-2.0
#include "load_generator/request_ledger.hpp"

#include <algorithm>
#include <cassert>

namespace repute::bench {

request_ledger::request_ledger(unsigned id_bits)
    : ring_(std::size_t{1} << std::min(id_bits, ring_bits_max)),
      ring_mask_(ring_.size() - 1),
      id_mask_(id_bits >= 64 ? UINT64_MAX : (std::uint64_t{1} << id_bits) - 1) {}

void request_ledger::measure(std::uint64_t begin_ns, std::uint64_t end_ns) noexcept {
  begin_ns_ = begin_ns;
  end_ns_ = end_ns;
  result_.seconds = static_cast<double>(end_ns - begin_ns) / 1e9;
}

void request_ledger::give_up(place& at) noexcept {
  at.waiting = false;
  --outstanding_;
  result_.lost += in_window(at.since_ns) ? 1 : 0;
}

void request_ledger::open(std::uint64_t n, std::uint64_t since_ns,
                          const made_request& made) noexcept {
  assert(n == next_);
  place& at = place_of(n);
  if (at.waiting) {
    give_up(at);
  }
  at = {n, since_ns, made.keys, made.listed, true};
  ++outstanding_;
  next_ = n + 1;
  if (in_window(since_ns)) {
    ++result_.requests;
    result_.request_bytes += made.bytes;
  }
}

void request_ledger::close(const judged_reply& reply, std::size_t bytes,
                           std::uint64_t now_ns) noexcept {
  place& at = place_of(reply.id);
  if (!at.waiting || (at.number & id_mask_) != reply.id) {
    result_.unmatched += in_window(now_ns) ? 1 : 0;
    return;
  }
  at.waiting = false;
  --outstanding_;
  count(reply, at, bytes, now_ns);
}

void request_ledger::count(const judged_reply& reply, const place& asked, std::size_t bytes,
                           std::uint64_t now_ns) noexcept {
  if (in_window(asked.since_ns)) {
    result_.latency.add(now_ns > asked.since_ns ? now_ns - asked.since_ns : 0);
  }
  if (!in_window(now_ns)) {
    return;
  }
  result_.reply_bytes += bytes;
  if (reply.error) {
    ++result_.errors;
    return;
  }
  const bool told = reply.listed != listed_unknown;
  const bool known = told && asked.listed != listed_unknown;
  const bool as_meant = reply.keys == asked.keys && (!known || reply.listed == asked.listed);
  ++result_.replies;
  result_.keys += reply.keys;
  result_.listed += told ? reply.listed : 0;
  result_.wrong += as_meant ? 0 : 1;
}

std::uint64_t request_ledger::expire(std::uint64_t now_ns, std::uint64_t grace_ns) noexcept {
  // Places before this one were taken over by younger requests.
  oldest_ = std::max(oldest_, next_ > ring_.size() ? next_ - ring_.size() : 0);
  std::uint64_t lost = 0;
  for (; oldest_ < next_; ++oldest_) {
    place& at = place_of(oldest_);
    if (!at.waiting) {
      continue;
    }
    if (at.since_ns + grace_ns > now_ns) {
      break;
    }
    give_up(at);
    ++lost;
  }
  return lost;
}

}  // namespace repute::bench
