// SPDX-License-Identifier: Apache-2.0
#include "core/lookup_core.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/batch.hpp"

namespace repute::core {
namespace {

/// A timer that fires this late means that this process was held up: the servers are not to blame.
constexpr std::chrono::milliseconds stall{50};
/// Answers later than this after their deadline tell nothing worth knowing.
constexpr std::chrono::seconds late_answer_max{1};

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

std::uint16_t milliseconds_left(time_point now, time_point deadline) noexcept {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now).count();
  return static_cast<std::uint16_t>(std::clamp<std::int64_t>(left, 1, 65535));
}

}  // namespace

lookup_core::lookup_core(core_settings settings)
    : settings_(std::move(settings)),
      selector_(settings_.servers.size()),
      random_(settings_.seed) {}

std::span<action> lookup_core::resume(const event& e, time_point now) {
  assert(now >= now_);
  now_ = now;
  actions_.clear();
  forget_old_attempts();
  std::visit([this](const auto& it) { on(it); }, e);
  return actions_;
}

std::optional<time_point> lookup_core::next_timer() const {
  return timers_.empty() ? std::nullopt : std::optional{timers_.begin()->first};
}

void lookup_core::on(const lookup_submitted& e) {
  if (e.keys.empty()) {
    return reject(e.id, errc::bad_request);
  }
  if (e.keys.size() > lookup_keys_max) {
    return reject(e.id, errc::too_many_keys);
  }
  budget_.on_lookup();
  auto [keys, position] = deduplicate(e.keys);
  lookup& l = lookups_[e.id];
  l.keys = std::move(keys);
  l.position = std::move(position);
  l.answers.resize(l.keys.size());
  l.deadline = e.deadline;
  for (std::size_t first = 0; first < l.keys.size();) {
    const std::size_t count = datagram_share(std::span(l.keys).subspan(first));
    question q;
    q.id = ++last_question_;
    q.lookup = e.id;
    q.first = first;
    q.count = count;
    q.timer = e.deadline;
    l.questions.push_back(q.id);
    timers_.emplace(q.timer, q.id);
    questions_.emplace(q.id, q);
    first += count;
  }
  // A question that fails takes the whole lookup with it, so look again each time.
  const std::vector<question_id> asked = l.questions;
  for (const question_id id : asked) {
    if (const auto found = questions_.find(id); found != questions_.end()) {
      ask(found->second);
    }
  }
}

void lookup_core::on(const ping_submitted& e) {
  const bool fits = e.canary.empty() || e.canary.size() == 2;
  if (e.server >= settings_.servers.size() || !fits) {
    return reject(e.id, errc::bad_request);
  }
  lookup& l = lookups_[e.id];
  l.keys.assign(e.canary.begin(), e.canary.end());
  l.answers.resize(l.keys.size());
  for (std::uint32_t i = 0; i < l.keys.size(); ++i) {
    l.position.push_back(i);
  }
  l.deadline = e.deadline;
  l.pinged = e.server;
  question q;
  q.id = ++last_question_;
  q.lookup = e.id;
  q.count = l.keys.size();
  q.timer = e.deadline;
  l.questions.push_back(q.id);
  timers_.emplace(q.timer, q.id);
  send(questions_.emplace(q.id, q).first->second, e.server);
}

void lookup_core::on(const datagram_received& e) {
  wire::packet_header header;
  if (wire::decode_reply_header(e.bytes, header) != wire::header_check::ok) {
    return;
  }
  const auto found = attempts_.find(header.req_id);
  if (found == attempts_.end() || found->second.server != e.server ||
      found->second.answer_type != header.type || header.suite != 0) {
    return;
  }
  wire::answer_view view;
  const bool readable = wire::decode_answer_packet(e.bytes.subspan(wire::header::size), view);
  const bool ok = readable && view.status.rcode == wire::rcode::ok;
  if (!readable || (ok && view.answer_count != found->second.keys)) {
    return;
  }
  const attempt a = found->second;
  attempts_.erase(found);
  const auto rtt = std::chrono::duration_cast<microseconds>(now_ - a.sent_at);
  selector_.on_answer(a.server, now_, rtt, view.status);
  if (foreign_salt(view.status)) {
    selector_.on_refused(a.server);
  }
  const auto waiting = questions_.find(a.question);
  if (waiting == questions_.end()) {
    return;
  }
  question& q = waiting->second;
  q.open -= a.failed ? 0u : 1u;
  answered(q, a.server, rtt, view);
}

void lookup_core::answered(question& q, std::size_t server, microseconds rtt,
                           const wire::answer_view& view) {
  lookup& l = lookups_.at(q.lookup);
  l.result.server = settings_.servers[server];
  l.result.rtt = rtt;
  l.result.status = view.status;
  l.result.snapshot = view.snapshot;
  if (l.pinged) {
    return accept(q, view);
  }
  switch (view.status.rcode) {
    case wire::rcode::ok:
      if (foreign_salt(view.status)) {
        return fail(q.lookup, errc::salt_mismatch);
      }
      return accept(q, view);
    case wire::rcode::formerr:
    case wire::rcode::toosmall:
      return fail(q.lookup, errc::bad_request);
    default:
      return try_another(q, failure_of(view.status.rcode));
  }
}

bool lookup_core::foreign_salt(const wire::server_status& status) const {
  return status.rcode == wire::rcode::ok && settings_.salt_fp &&
         *settings_.salt_fp != status.salt_fp;
}

void lookup_core::accept(question& q, const wire::answer_view& view) {
  lookup& l = lookups_.at(q.lookup);
  if (view.status.rcode == wire::rcode::ok) {
    assert(view.answer_count == q.count);
    std::ranges::copy(view.answers(), l.answers.begin() + static_cast<std::ptrdiff_t>(q.first));
  } else {
    l.position.clear();  // a pinged server that tells of its state, but answers no keys
  }
  const lookup_id id = q.lookup;
  const question_id done = q.id;
  std::erase(l.questions, done);
  timers_.erase({q.timer, done});
  questions_.erase(done);
  if (l.questions.empty()) {
    finish(id, std::nullopt);
  }
}

void lookup_core::on(const send_refused& e) {
  selector_.on_refused(e.server);
  std::vector<question_id> hit;
  for (auto& [id, a] : attempts_) {
    const auto q = questions_.find(a.question);
    if (a.server == e.server && !a.failed && q != questions_.end()) {
      a.failed = true;
      --q->second.open;
      hit.push_back(a.question);
    }
  }
  std::ranges::sort(hit);  // the order of a hash table must not decide what is sent first
  hit.erase(std::unique(hit.begin(), hit.end()), hit.end());
  for (const question_id id : hit) {
    const auto q = questions_.find(id);
    if (q == questions_.end()) {
      continue;
    }
    if (lookups_.at(q->second.lookup).pinged) {
      fail(q->second.lookup, errc::unreachable);
    } else {
      try_elsewhere_at_once(q->second);
    }
  }
}

void lookup_core::try_elsewhere_at_once(question& q) {
  q.failure = errc::unreachable;
  if (q.sends < sends_max && q.tried.count() < settings_.servers.size()) {
    retry(q);
  } else if (q.sends == sends_max && q.open == 0) {
    fail(q.lookup, errc::unreachable);
  }  // else the same servers again, but not faster than the timer says
}

void lookup_core::on(const lookup_cancelled& e) {
  if (const auto found = lookups_.find(e.id); found != lookups_.end()) {
    forget(found->second);
    lookups_.erase(found);
  }
}

void lookup_core::on(const time_passed&) {
  while (!timers_.empty() && timers_.begin()->first <= now_) {
    timer_fired(questions_.at(timers_.begin()->second));
  }
}

void lookup_core::timer_fired(question& q) {
  const lookup& l = lookups_.at(q.lookup);
  const bool stalled = now_ >= q.timer + stall;
  if (!stalled) {
    blame_latest(q);
  }
  if (now_ >= l.deadline) {
    fail(q.lookup, q.open > 0 ? errc::timeout : q.failure.value_or(errc::timeout));
  } else if (stalled) {
    set_timer(q, now_ + rto_min);  // answers that already wait for us go first
  } else {
    retry(q);
  }
}

void lookup_core::blame_latest(const question& q) {
  const auto latest = attempts_.find(q.latest);
  if (latest != attempts_.end() && !latest->second.failed && !latest->second.blamed) {
    latest->second.blamed = true;
    selector_.on_timeout(latest->second.server);
  }
}

void lookup_core::ask(question& q) {
  if (const auto server = selector_.pick(q.tried, now_, random_)) {
    send(q, *server);
  } else {
    wait_for_busy(q);
  }
}

void lookup_core::retry(question& q) {
  if (q.sends >= sends_max) {
    set_timer(q, lookups_.at(q.lookup).deadline);
  } else if (!selector_.pick(q.tried, now_, random_)) {
    wait_for_busy(q);
  } else if (q.sends > 0 && !budget_.take(now_)) {
    set_timer(q, now_ + rto_initial);  // no token is no failure: look again later
  } else {
    ask(q);
  }
}

void lookup_core::wait_for_busy(question& q) {
  const time_point deadline = lookups_.at(q.lookup).deadline;
  const time_point free_at = selector_.free_at(now_);
  // Each refusal in a row waits four times as long: what delays a server for 5 ms may well do so
  // again at once, but seldom all of the deadline long.
  const microseconds backoff = busy_backoff * (1U << (2 * std::max(q.sends, 1U) - 2));
  const time_point again = std::max(free_at, now_ + backoff);
  if (q.sends < sends_max && free_at < deadline) {
    set_timer(q, again < deadline ? again : free_at);
  } else if (q.open > 0) {
    set_timer(q, deadline);
  } else {
    fail(q.lookup, errc::overloaded);
  }
}

void lookup_core::try_another(question& q, errc failure) {
  q.failure = failure;
  const auto next = selector_.pick(q.tried, now_, random_);
  const bool another = next && !q.tried[*next];
  if (another && q.sends < sends_max) {
    retry(q);
  } else if (q.open > 0) {
    return;  // someone else may still answer, and the timer goes on
  } else if (failure == errc::overloaded && q.sends < sends_max) {
    wait_for_busy(q);
  } else {
    fail(q.lookup, failure);
  }
}

void lookup_core::send(question& q, std::size_t server) {
  lookup& l = lookups_.at(q.lookup);
  const auto keys = std::span<const key>(l.keys).subspan(q.first, q.count);
  const wire::type type = l.pinged ? wire::type::ping : wire::type::query;
  q.latest = fresh_req_id();
  send_datagram out{server, std::vector<std::uint8_t>(wire::request_size(keys).value())};
  const std::size_t size =
      wire::encode_request(type, q.latest, milliseconds_left(now_, l.deadline), keys, out.bytes);
  assert(size == out.bytes.size());
  out.bytes.resize(size);
  actions_.emplace_back(std::move(out));

  attempts_[q.latest] = {q.id,  server, q.count, l.pinged ? wire::type::pong : wire::type::answer,
                         false, false,  now_};
  attempt_ages_.emplace_back(std::max(now_, l.deadline) + late_answer_max, q.latest);
  selector_.on_sent(server, now_);
  q.tried.set(server);
  ++q.sends;
  ++q.open;
  ++l.result.sends;
  set_timer(q, l.pinged ? l.deadline : now_ + patience(q, server));
}

microseconds lookup_core::patience(const question& q, std::size_t server) const {
  const unsigned doublings = q.sends > 2 ? q.sends - 2 : 0;
  const microseconds rto = selector_.rto(server) * (1u << doublings);
  // With nobody new to ask, haste only spends the sends that are left while a stalled server wakes.
  const bool all_tried = q.tried.count() == settings_.servers.size();
  const std::size_t more = q.sends - std::min<std::size_t>(q.sends, settings_.servers.size());
  return all_tried ? std::max(rto, rto_initial * (1u << more)) : rto;
}

void lookup_core::set_timer(question& q, time_point at) {
  timers_.erase({q.timer, q.id});
  q.timer = std::min(at, lookups_.at(q.lookup).deadline);
  timers_.emplace(q.timer, q.id);
}

void lookup_core::reject(lookup_id id, errc error) {
  actions_.emplace_back(complete_lookup{id, error, {}});
}

void lookup_core::fail(lookup_id id, errc error) {
  finish(id, error);
}

void lookup_core::finish(lookup_id id, std::optional<errc> error) {
  const auto found = lookups_.find(id);
  assert(found != lookups_.end());
  lookup& l = found->second;
  if (!error) {
    l.result.answers.reserve(l.position.size());
    for (const std::uint32_t position : l.position) {
      l.result.answers.push_back(l.answers[position]);
    }
  }
  forget(l);
  actions_.emplace_back(complete_lookup{id, error, std::move(l.result)});
  lookups_.erase(found);
}

void lookup_core::forget(lookup& l) {
  for (const question_id id : l.questions) {
    const auto q = questions_.find(id);
    timers_.erase({q->second.timer, id});
    questions_.erase(q);
  }
  l.questions.clear();
}

void lookup_core::forget_old_attempts() {
  while (!attempt_ages_.empty() && attempt_ages_.front().first <= now_) {
    attempts_.erase(attempt_ages_.front().second);
    attempt_ages_.pop_front();
  }
}

lookup_core::req_id lookup_core::fresh_req_id() {
  for (;;) {
    const req_id id = settings_.req_ids ? settings_.req_ids() : random_();
    if (id != 0 && !attempts_.contains(id)) {
      return id;
    }
  }
}

}  // namespace repute::core
