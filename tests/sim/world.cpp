// SPDX-License-Identifier: Apache-2.0
#include "sim/world.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "repute/schema/message.hpp"
#include "unit/query/query_fixture.hpp"

namespace repute::sim {
namespace {

constexpr std::uint64_t unix_s = 1'700'003'600;

core::core_settings settings_of(const scenario& story, const wiretap& tap) {
  core::core_settings settings;
  settings.salt_fp = {{0x12, 0x34}};  // of memory_store
  settings.cache_keys = story.cache_keys;
  settings.seed = story.seed;
  if (story.sealed) {
    settings.sealed = core::sealing{tap.credentials(), [behind = story.hours_behind] {
                                      return (unix_s - behind * 3600) * 1'000'000'000;
                                    }};
  }
  return settings;
}

std::vector<core::server_spec> servers_of(const scenario& story) {
  std::vector<core::server_spec> servers;
  for (std::size_t i = 0; i < story.servers; ++i) {
    servers.push_back({.name = std::to_string(i), .sockets = story.sockets});
  }
  return servers;
}

std::string name_of(kind kind, byte_view bytes) {
  return std::string(1, static_cast<char>(kind)) + std::string(bytes.begin(), bytes.end());
}

bool is_query(byte_view datagram) {
  return datagram[wire::header::type] == static_cast<std::uint8_t>(wire::type::query);
}

}  // namespace

world::world(const scenario& story, const test::memory_store& store)
    : story_(story),
      store_(store),
      random_(story.seed),
      link_(story.weather, story.seed + 1),
      limiter_(story.seed),
      conditions_(story.servers),
      access_(story.sealed ? tap_.access() : test::open_to_all),
      client_(settings_of(story, tap_)) {
  for (std::size_t i = 0; i < story.servers; ++i) {
    servers_.push_back(
        std::make_unique<query::query_core>(static_cast<std::uint32_t>(i + 1), limiter_));
    conditions_[i].overload = story.overload;
  }
  std::ranges::stable_sort(story_.faults, {}, &fault::at);
}

outcome world::run() {
  feed(core::servers_replaced{servers_of(story_)});
  while (waiting_ > 0 || last_id_ < static_cast<core::lookup_id>(story_.lookups)) {
    const auto next = next_event();
    if (!next) {
      break;
    }
    step(std::max(now_, *next));
  }
  for (const auto& [id, asked] : lookups_) {
    if (!asked.completed) {
      broken(id, "never completed");
    }
  }
  return outcome_;
}

std::optional<microseconds> world::next_event() {
  std::optional<microseconds> next = link_.next_delivery();
  const auto sooner = [&](std::optional<microseconds> other) {
    if (other && (!next || *other < *next)) {
      next = other;
    }
  };
  if (next_fault_ < story_.faults.size()) {
    sooner(story_.faults[next_fault_].at);
  }
  if (last_id_ < static_cast<core::lookup_id>(story_.lookups)) {
    sooner(std::max(next_submission_, stopped_until_));
  }
  const auto timer = client_timer();
  sooner(timer ? std::optional{std::max(*timer, stopped_until_)} : std::nullopt);
  if (!inbox_.empty()) {
    sooner(stopped_until_);
  }
  return next;
}

/// One thing happens: what is due first, in an order that the seed alone decides.
void world::step(microseconds to) {
  now_ = to;
  if (next_fault_ < story_.faults.size() && story_.faults[next_fault_].at <= now_) {
    return begin(story_.faults[next_fault_++]);
  }
  if (client_runs() && !inbox_.empty()) {
    return wake_client();
  }
  if (const auto delivery = link_.next_delivery(); delivery && *delivery <= now_) {
    return deliver(link_.take());
  }
  if (!client_runs()) {
    return;
  }
  if (const auto timer = client_timer(); timer && *timer <= now_) {
    return feed(core::time_passed{});
  }
  submit_next();
}

/// As the shell does it: what waits in the sockets comes before the timers.
void world::wake_client() {
  for (const parcel& waited : std::exchange(inbox_, {})) {
    feed(core::datagram_received{waited.server, waited.socket, waited.bytes});
  }
}

std::optional<microseconds> world::client_timer() {
  const auto timer = client_.next_timer();
  return timer ? std::optional{std::chrono::ceil<microseconds>(timer->time_since_epoch()) - leap_}
               : std::nullopt;
}

bool world::happens(double share) {
  return std::uniform_real_distribution<double>(0, 1)(random_) < share;
}

void world::begin(const fault& it) {
  condition& server = conditions_.at(it.server);
  switch (it.what) {
    case fault::kind::die:
    case fault::kind::die_refusing:
      server.alive = false;
      server.refuses = it.what == fault::kind::die_refusing;
      break;
    case fault::kind::revive:
      server = {};
      break;
    case fault::kind::slow:
      server.late = it.length;
      break;
    case fault::kind::stall:
      server.stalled_until = now_ + it.length;
      break;
    case fault::kind::drain:
      server.draining = true;
      break;
    case fault::kind::overload:
      server.overload = 1 / static_cast<double>(std::max<std::int64_t>(1, it.length.count()));
      break;
    case fault::kind::lose_snapshot:
      server.loading = true;
      break;
    case fault::kind::end_session:
      server.ends_session = true;
      break;
    case fault::kind::refuse_clients:
      server.hostile = true;
      break;
    case fault::kind::stop_client:
      stopped_until_ = std::max(stopped_until_, now_ + it.length);
      break;
    case fault::kind::jump_clock:
      leap_ += it.length;
      break;
  }
}

std::vector<key> world::random_keys() {
  if (!last_keys_.empty() && happens(story_.repeats)) {
    return last_keys_;
  }
  std::vector<key> keys;
  const std::size_t count = 1 + random_() % story_.keys_max;
  while (keys.size() < count) {
    const bool listed = random_() % 2 == 0;
    const key chosen = listed ? store_.keys()[random_() % store_.keys().size()]
                              : test::memory_store::random_key(random_);
    if (std::ranges::find(keys, chosen) == keys.end()) {
      keys.push_back(chosen);
    }
  }
  return last_keys_ = keys;
}

void world::submit_next() {
  pending& asked = lookups_[++last_id_];
  asked.keys = random_keys();
  asked.deadline = clock() + story_.deadline;
  ++waiting_;
  outcome_.questions += (asked.keys.size() + wire::keys_max - 1) / wire::keys_max;
  next_submission_ =
      now_ + microseconds{static_cast<std::int64_t>(
                 random_() % static_cast<std::uint64_t>(2 * story_.between.count()))};
  feed(core::lookup_submitted{last_id_, asked.keys, asked.deadline});
}

void world::deliver(parcel arrived) {
  if (arrived.to_server) {
    return serve(arrived);
  }
  if (client_runs()) {
    feed(core::datagram_received{arrived.server, arrived.socket, arrived.bytes});
  } else {
    inbox_.push_back(std::move(arrived));
  }
}

// As when somebody has made the server answer 2^24 copies.
bool world::used_up(condition& server, byte_view question) const {
  wire::packet_header header;
  if (!story_.sealed || wire::decode_request_header(question, header) != wire::header_check::ok) {
    return false;
  }
  if (std::exchange(server.ends_session, false)) {
    server.ended_sid = header.sid;
  }
  return server.ended_sid == header.sid;
}

void world::serve(const parcel& question) {
  condition& server = conditions_[question.server];
  if (!server.alive) {
    if (server.refuses && client_runs()) {
      feed(core::send_refused{question.server, question.socket});
    }
    return;
  }
  if (used_up(server, question.bytes)) {
    return;
  }
  query::datagram in;
  in.bytes = question.bytes;
  in.peer.address[15] = 1;
  in.peer.port = 40000;
  in.local.address[15] = 2;
  in.local.port = wire::default_port;
  in.waited_us = happens(server.overload) ? query::waited_max_us + 1000 : 0;
  const query::batch_context context{
      .view = server.loading ? nullptr : &store_.view(),
      .access = access_,
      .unix_ns = unix_s * 1'000'000'000,
      .now_ns = 1'000'000'000 + static_cast<std::uint64_t>(now_.count()) * 1000,
      .draining = server.draining};
  for (const query::reply& reply : servers_[question.server]->process({&in, 1}, context)) {
    answer_ok_or_not(question, reply);
  }
}

std::vector<std::uint8_t> world::plain_of(byte_view datagram, bool to_server) const {
  return story_.sealed ? tap_.opened(datagram, to_server)
                       : std::vector<std::uint8_t>(datagram.begin(), datagram.end());
}

void world::answer_ok_or_not(const parcel& question, const query::reply& reply) {
  const condition& server = conditions_[question.server];
  constexpr std::size_t rcode_at = wire::header::size + wire::status_block::rcode;
  parcel back{question.server, question.socket, false, {reply.bytes.begin(), reply.bytes.end()}};
  std::vector<std::uint8_t> plain = plain_of(reply.bytes, false);
  if (plain.empty()) {
    return link_.send(back, now_);  // REJECT, which is never sealed
  }
  if (server.hostile) {
    plain[rcode_at] = static_cast<std::uint8_t>(wire::rcode::refused);
    back.bytes = story_.sealed ? tap_.sealed(plain, false) : plain;
  }
  if (plain[rcode_at] == 0) {
    wire::query_view asked;
    const std::vector<std::uint8_t> request = plain_of(question.bytes, true);
    const byte_view body = byte_view(request).subspan(wire::header::size);
    const auto type = is_query(request) ? wire::type::query : wire::type::ping;
    if (wire::decode_query(type, body, asked)) {
      for (const wire::key_view& key : asked.keys()) {
        answered_.insert(name_of(key.kind, key.bytes));
      }
    }
  }
  const microseconds stalled = std::max(microseconds{0}, server.stalled_until - now_);
  link_.send(back, now_, server.late + stalled);
}

void world::feed(const core::event& event) {
  if (clock() != running_at_) {
    ran_at_ = std::exchange(running_at_, clock());
  }
  for (core::action& action : client_.resume(event, clock())) {
    if (auto* datagram = std::get_if<core::send_datagram>(&action)) {
      outcome_.sends += is_query(datagram->bytes) ? 1u : 0u;
      link_.send({datagram->server, datagram->socket, true, std::move(datagram->bytes)}, now_);
    } else if (const auto* done = std::get_if<core::complete_lookup>(&action)) {
      check(*done);
    }
  }
}

void world::check(const core::complete_lookup& done) {
  pending& asked = lookups_[done.id];
  if (asked.completed) {
    broken(done.id, "completed twice");
  }
  asked.completed = true;
  --waiting_;
  if (clock() > asked.deadline && ran_at_ >= asked.deadline) {
    broken(done.id, "completed after its deadline");
  }
  const std::size_t questions = (asked.keys.size() + wire::keys_max - 1) / wire::keys_max;
  if (done.result.sends > core::sends_max * questions) {
    broken(done.id, "sent " + std::to_string(done.result.sends) + " datagrams");
  }
  if (done.error) {
    ++outcome_.failed;
    if (!done.result.answers.empty()) {
      broken(done.id, "has answers beside an error");
    }
  } else {
    ++outcome_.answered;
    check_answers(done, asked);
  }
}

void world::check_answers(const core::complete_lookup& done, const pending& asked) {
  if (done.result.answers.size() != asked.keys.size()) {
    return broken(done.id, "has another number of answers than keys");
  }
  for (std::size_t i = 0; i < asked.keys.size(); ++i) {
    if (done.result.answers[i] != store_.expected(asked.keys[i])) {
      broken(done.id, "answer " + std::to_string(i) + " is not the one of its key");
    }
    if (!answered_.contains(name_of(asked.keys[i].kind(), asked.keys[i].bytes()))) {
      broken(done.id, "has a verdict that no server gave");
    }
  }
}

void world::broken(core::lookup_id id, const std::string& rule) {
  outcome_.broken.push_back("lookup " + std::to_string(id) + " " + rule);
}

}  // namespace repute::sim
