// SPDX-License-Identifier: Apache-2.0
#include "core/lookup_core.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/batch.hpp"

namespace repute::core {
namespace {

/// Keeps the wait for a token below a second and a half.
constexpr unsigned denied_doublings_max = 6;

/// How a whole datagram's error ends a lookup, if no other server does better.
errc failure_of(wire::rcode rcode) noexcept {
  switch (rcode) {
    case wire::rcode::busy:
      return errc::overloaded;
    case wire::rcode::loading:
      return errc::loading;
    case wire::rcode::refused:
      return errc::refused;
    case wire::rcode::formerr:
    case wire::rcode::toosmall:
      return errc::bad_request;
    default:
      return errc::server_failure;
  }
}

}  // namespace

lookup_core::lookup_core(core_settings settings)
    : settings_(std::move(settings)),
      fleet_(settings_, actions_),
      table_(fleet_.random()),
      cache_(settings_.cache_keys, fleet_.random()) {}

std::span<action> lookup_core::resume(event e, time_point now) {
  now_ = now;
  actions_.clear();
  fleet_.wake(now);
  std::visit([this](auto& it) { on(it); }, e);
  return actions_;
}

std::optional<time_point> lookup_core::next_timer() {
  const auto table = table_.next_timer();
  const auto fleet = fleet_.next_timer();
  return table && fleet ? std::min(*table, *fleet) : table ? table : fleet;
}

void lookup_core::on(lookup_submitted& e) {
  if (e.keys.empty()) {
    return reject(e.id, errc::bad_request);
  }
  if (e.keys.size() > lookup_keys_max) {
    return reject(e.id, errc::too_many_keys);
  }
  lookup l;
  l.deadline = e.deadline;
  std::vector<key> keys = plan(std::move(e.keys), l);
  if (keys.empty()) {
    lookup_result result;
    result.answers = std::move(l.answers);
    actions_.emplace_back(complete_lookup{e.id, std::nullopt, std::move(result)});
    return;
  }
  if (inquiry* same = table_.find_same(keys)) {
    return table_.add_lookup(e.id, std::move(l), *same);
  }
  budget_.on_lookup();
  inquiry& i = table_.open(std::move(keys), e.deadline, true);
  table_.add_lookup(e.id, std::move(l), i);
  ask_all(i);
}

std::vector<key> lookup_core::plan(std::vector<key> keys, lookup& l) {
  auto [unique, position] = deduplicate(std::move(keys), settings_.seed);
  constexpr std::uint32_t cached = UINT32_MAX;
  std::vector<std::uint32_t> place(unique.size());  // among the keys to ask
  std::vector<answer> known(settings_.cache_keys > 0 ? unique.size() : 0);
  std::uint32_t left = 0;
  for (std::size_t i = 0; i < unique.size(); ++i) {
    const auto hit = settings_.cache_keys > 0 ? cache_.find(unique[i], now_) : std::nullopt;
    if (hit) {
      known[i] = *hit;
      place[i] = cached;
      continue;
    }
    if (left != i) {
      unique[left] = unique[i];
    }
    place[i] = left++;
  }
  unique.resize(left);
  l.answers.resize(position.size());
  l.missing.reserve(position.size());
  for (std::uint32_t i = 0; i < position.size(); ++i) {
    if (place[position[i]] == cached) {
      l.answers[i] = known[position[i]];
    } else {
      l.missing.emplace_back(i, place[position[i]]);
    }
  }
  return std::move(unique);
}

void lookup_core::ask_all(inquiry& i) {
  for (std::size_t first = 0; first < i.keys.size();) {
    const std::size_t count = datagram_share(std::span(i.keys).subspan(first));
    (void)table_.add_question(i, first, count);
    first += count;
  }
  // A question that fails takes the whole inquiry with it, so look again each time.
  const auto asked = i.questions;
  for (const question_id id : asked) {
    if (question* q = table_.find_question(id)) {
      retry(*q);
    }
  }
}

void lookup_core::on(const ping_submitted& e) {
  const auto server = fleet_.find(e.server);
  const bool fits = e.canary.empty() || e.canary.size() == 2;
  if (!server || !fits) {
    return reject(e.id, errc::bad_request);
  }
  inquiry& i = table_.open({e.canary.begin(), e.canary.end()}, e.deadline, false);
  i.pinged = server;
  lookup l;
  l.deadline = e.deadline;
  l.answers.resize(i.keys.size());
  for (std::uint32_t k = 0; k < i.keys.size(); ++k) {
    l.missing.emplace_back(k, k);
  }
  table_.add_lookup(e.id, std::move(l), i);
  send(table_.add_question(i, 0, i.keys.size()), *server);
}

void lookup_core::on(const datagram_received& e) {
  const auto got = fleet_.receive(e);
  if (!got) {
    return;
  }
  if (question* q = table_.find_question(got->question)) {
    q->open -= got->open ? 1u : 0u;
    answered(*q, *got);
  }
}

void lookup_core::answered(question& q, const arrival& got) {
  inquiry& i = table_.inquiry_of(q);
  i.result.server = fleet_.name(got.server);
  i.result.rtt = got.rtt;
  i.result.status = got.view.status;
  i.result.snapshot = got.view.snapshot;
  if (i.pinged) {
    return accept(q, got.view);
  }
  switch (got.view.status.rcode) {
    case wire::rcode::ok:
      if (got.found == defect::foreign_salt) {
        return try_another(q, errc::salt_mismatch);
      }
      return accept(q, got.view);
    case wire::rcode::formerr:
    case wire::rcode::toosmall:
      return finish(i.id, errc::bad_request);
    default:
      if (got.ask_again) {
        q.tried.reset();
      }
      return try_another(q, failure_of(got.view.status.rcode));
  }
}

void lookup_core::accept(question& q, const wire::answer_view& view) {
  inquiry& i = table_.inquiry_of(q);
  if (view.status.rcode == wire::rcode::ok) {
    assert(view.answer_count == q.count);
    std::ranges::copy(view.answers(), i.answers.begin() + static_cast<std::ptrdiff_t>(q.first));
    if (!i.pinged) {
      remember(i, q, view);
    }
  } else {
    i.answers.clear();  // a pinged server that tells of its state, but answers no keys
  }
  table_.remove_question(q);
  if (i.questions.empty()) {
    finish(i.id, std::nullopt);
  }
}

void lookup_core::remember(const inquiry& i, const question& q, const wire::answer_view& view) {
  cache_.on_status(view.status);
  for (std::size_t k = 0; k < q.count; ++k) {
    cache_.put(i.keys[q.first + k], view.answers()[k], now_);
  }
}

void lookup_core::on(const send_refused& e) {
  lost_attempts(fleet_.refuse(e));
}

void lookup_core::on(const servers_replaced& e) {
  lost_attempts(fleet_.replace(e.servers));
}

void lookup_core::lost_attempts(std::span<const question_id> hit) {
  for (std::size_t i = 0; i < hit.size(); ++i) {
    question* q = table_.find_question(hit[i]);
    if (q == nullptr) {
      continue;
    }
    --q->open;
    q->failure = errc::unreachable;
    if (i + 1 < hit.size() && hit[i + 1] == hit[i]) {
      continue;  // it lost several
    }
    const inquiry& asked = table_.inquiry_of(*q);
    if (asked.pinged || (q->sends == sends_max && q->open == 0)) {
      finish(asked.id, errc::unreachable);
    } else if (q->sends < sends_max && !fleet_.exhausted(q->tried)) {
      retry(*q);
    }  // else the same servers again, but not faster than the timer says
  }
}

void lookup_core::on(const lookup_cancelled& e) {
  if (table_.find_lookup(e.id) != nullptr) {
    (void)table_.remove_lookup(e.id);
  }
}

void lookup_core::on(const time_passed&) {
  fleet_.pass_time();
  while (const auto late = table_.take_due_lookup(now_)) {
    const inquiry& i = table_.inquiry_at(table_.find_lookup(*late)->inquiry);
    const question* q = table_.find_question(i.questions.front());
    complete(*late, q->open > 0 ? errc::timeout : q->failure.value_or(errc::timeout));
  }
  while (question* q = table_.take_due_question(now_)) {
    timer_fired(*q);
  }
}

void lookup_core::timer_fired(question& q) {
  if (q.timer && *q.timer < fleet_.awake_since()) {
    table_.set_timer(q, now_ + rto_min);  // answers that already wait for us go first
  } else {
    retry(q);
  }
}

void lookup_core::retry(question& q) {
  if (q.sends >= sends_max) {
    return table_.set_timer(q, std::nullopt);
  }
  const auto server = fleet_.pick(q.tried);
  if (!server) {
    wait_for_busy(q);
  } else if (q.sends > 0 && !budget_.take(now_)) {
    // No token is no failure: look again, ever more seldom, since all may be waiting for tokens,
    // but more than once in what is left of the time.
    const microseconds backoff = rto_initial * (1U << std::min(q.denied++, denied_doublings_max));
    const auto left =
        std::chrono::duration_cast<microseconds>(table_.inquiry_of(q).deadline - now_);
    table_.set_timer(q, now_ + std::min(backoff, std::max(rto_initial, left / 2)));
  } else {
    send(q, *server);
  }
}

void lookup_core::wait_for_busy(question& q) {
  const inquiry& i = table_.inquiry_of(q);
  const time_point free_at = fleet_.free_at();
  // Each refusal in a row waits four times as long: what delays a server for 5 ms may well do so
  // again at once, but seldom all of the deadline long.
  const microseconds backoff = busy_backoff * (1U << (2 * std::max(q.sends, 1U) - 2));
  const time_point again = std::max(free_at, now_ + backoff);
  if (q.sends < sends_max && free_at < i.deadline) {
    table_.set_timer(q, again < i.deadline ? again : free_at);
  } else if (q.open > 0) {
    table_.set_timer(q, std::nullopt);
  } else {
    finish(i.id, errc::overloaded);
  }
}

void lookup_core::try_another(question& q, errc failure) {
  q.failure = failure;
  const auto next = fleet_.pick(q.tried);
  const bool another = next && !q.tried[*next];
  if (another && q.sends < sends_max) {
    retry(q);
  } else if (q.open > 0) {
    return;  // someone else may still answer, and the timer goes on
  } else if (failure == errc::overloaded && q.sends < sends_max) {
    wait_for_busy(q);
  } else {
    finish(q.inquiry, failure);
  }
}

void lookup_core::send(question& q, std::size_t server) {
  inquiry& i = table_.inquiry_of(q);
  if (q.sends > 0) {
    table_.unshare(i);  // who joins now would have fewer attempts than one who asks alone
  }
  fleet_.send({.id = q.id,
               .type = i.pinged ? wire::type::ping : wire::type::query,
               .keys = std::span<const key>(i.keys).subspan(q.first, q.count),
               .deadline = i.deadline,
               .first = q.sends == 0},
              server);
  q.tried.set(server);
  ++q.sends;
  ++q.open;
  ++i.result.sends;
  table_.set_timer(q, i.pinged ? std::nullopt : std::optional{now_ + patience(q, server)});
}

microseconds lookup_core::patience(const question& q, std::size_t server) const {
  const unsigned doublings = q.sends > 2 ? q.sends - 2 : 0;
  const microseconds rto = fleet_.rto(server) * (1U << doublings);
  // With nobody new to ask, haste only spends the sends that are left while a stalled server wakes.
  const std::size_t more = q.sends - std::min<std::size_t>(q.sends, fleet_.size());
  return fleet_.exhausted(q.tried) ? std::max(rto, rto_initial * (1U << more)) : rto;
}

void lookup_core::reject(lookup_id id, errc error) {
  actions_.emplace_back(complete_lookup{id, error, {}});
}

void lookup_core::finish(inquiry_id id, std::optional<errc> error) {
  const auto waiting = table_.inquiry_at(id).waiting;
  for (const lookup_id each : waiting) {
    complete(each, error);
  }
}

void lookup_core::complete(lookup_id id, std::optional<errc> error) {
  const inquiry& i = table_.inquiry_at(table_.find_lookup(id)->inquiry);
  complete_lookup done{id, error, i.result};
  // A ping may have been answered, but without answers.
  if (!error && !i.answers.empty()) {
    lookup& l = *table_.find_lookup(id);
    for (const auto& [to, from] : l.missing) {
      l.answers[to] = i.answers[from];
    }
    done.result.answers = std::move(table_.remove_lookup(id).answers);
  } else {
    (void)table_.remove_lookup(id);
  }
  actions_.emplace_back(std::move(done));
}

}  // namespace repute::core
