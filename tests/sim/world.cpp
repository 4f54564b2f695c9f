// SPDX-License-Identifier: Apache-2.0
#include "sim/world.hpp"

#include <algorithm>
#include <array>

#include "repute/schema/message.hpp"

namespace repute::sim {
namespace {

constexpr std::uint64_t unix_s = 1'700'003'600;

core::core_settings settings_of(const scenario& story) {
  core::core_settings settings;
  for (std::size_t i = 0; i < story.servers; ++i) {
    settings.servers.push_back(std::to_string(i));
  }
  settings.salt_fp = {{0x12, 0x34}};  // of memory_store
  settings.seed = story.seed;
  return settings;
}

/// What names the keys in a request: kinds, lengths and bytes, without id and deadline.
std::string key_list(byte_view request) {
  const byte_view keys = request.subspan(wire::header::size + wire::query::keys);
  return {keys.begin(), keys.end()};
}

std::string key_list(std::span<const key> keys) {
  std::array<std::uint8_t, wire::request_size_max> request{};
  const std::size_t size = wire::encode_request(wire::type::query, 1, 0, keys, request);
  return key_list(byte_view(request).first(size));
}

}  // namespace

world::world(const scenario& story, const test::memory_store& store)
    : story_(story),
      store_(store),
      random_(story.seed),
      link_(story.weather, story.seed + 1),
      limiter_(story.seed),
      client_(settings_of(story)) {
  for (std::size_t i = 0; i < story.servers; ++i) {
    servers_.push_back(
        std::make_unique<query::query_core>(static_cast<std::uint32_t>(i + 1), limiter_));
  }
}

outcome world::run() {
  for (;;) {
    const bool more = last_id_ < static_cast<core::lookup_id>(story_.lookups);
    std::optional<microseconds> next = more ? std::optional{next_submission_} : std::nullopt;
    const auto sooner = [&](std::optional<microseconds> other) {
      return other && (!next || *other < *next);
    };
    const auto delivery = link_.next_delivery();
    const auto timer = client_timer();
    if (sooner(timer) && !(delivery && *delivery <= *timer)) {
      now_ = std::max(now_, *timer);
      feed(core::time_passed{});
    } else if (sooner(delivery)) {
      now_ = std::max(now_, *delivery);
      deliver(link_.take());
    } else if (next) {
      now_ = std::max(now_, *next);
      submit_next();
    } else {
      break;
    }
  }
  for (const auto& [id, asked] : lookups_) {
    if (!asked.completed) {
      broken(id, "never completed");
    }
  }
  return outcome_;
}

std::optional<microseconds> world::client_timer() const {
  const auto timer = client_.next_timer();
  return timer ? std::optional{std::chrono::ceil<microseconds>(timer->time_since_epoch())}
               : std::nullopt;
}

bool world::alive(std::size_t server) const {
  const bool died = server == 0 && story_.death_at && now_ >= *story_.death_at;
  return !died || (story_.rebirth_at && now_ >= *story_.rebirth_at);
}

std::vector<key> world::random_keys() {
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
  return keys;
}

void world::submit_next() {
  pending& asked = lookups_[++last_id_];
  asked.keys = random_keys();
  asked.deadline = now_ + story_.deadline;
  outcome_.questions += (asked.keys.size() + wire::keys_max - 1) / wire::keys_max;
  next_submission_ =
      now_ + microseconds{static_cast<std::int64_t>(
                 random_() % static_cast<std::uint64_t>(2 * story_.between.count()))};
  feed(core::lookup_submitted{last_id_, asked.keys, clock() + story_.deadline});
}

void world::deliver(const parcel& arrived) {
  if (arrived.to_server) {
    return serve(arrived);
  }
  wire::answer_view view;
  if (wire::decode_answer_packet(byte_view(arrived.bytes).subspan(wire::header::size), view)) {
    feed(core::datagram_received{arrived.server, arrived.bytes});
  }
}

void world::serve(const parcel& question) {
  if (!alive(question.server)) {
    if (story_.refuses_when_dead) {
      feed(core::send_refused{question.server});
    }
    return;
  }
  const bool late = std::uniform_real_distribution<double>(0, 1)(random_) < story_.overload;
  query::datagram in;
  in.bytes = question.bytes;
  in.peer.address[15] = 1;
  in.peer.port = 40000;
  in.local.address[15] = 2;
  in.local.port = wire::default_port;
  in.waited_us = late ? query::waited_max_us + 1000 : 0;
  const query::batch_context context{
      .view = &store_.view(),
      .unix_s = unix_s,
      .now_ns = 1'000'000'000 + static_cast<std::uint64_t>(now_.count()) * 1000};
  for (const query::reply& reply : servers_[question.server]->process({&in, 1}, context)) {
    if (reply.bytes[wire::header::size + wire::status_block::rcode] == 0) {
      answered_keys_.insert(key_list(byte_view(question.bytes)));
    }
    link_.send({question.server, false, {reply.bytes.begin(), reply.bytes.end()}}, now_);
  }
}

void world::feed(const core::event& event) {
  for (core::action& action : client_.resume(event, clock())) {
    if (auto* datagram = std::get_if<core::send_datagram>(&action)) {
      ++outcome_.sends;
      link_.send({datagram->server, true, std::move(datagram->bytes)}, now_);
    } else {
      check(std::get<core::complete_lookup>(action));
    }
  }
}

void world::check(const core::complete_lookup& done) {
  pending& asked = lookups_[done.id];
  if (asked.completed) {
    broken(done.id, "completed twice");
  }
  asked.completed = true;
  if (now_ > asked.deadline) {
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
  }
  for (std::size_t first = 0; first < asked.keys.size(); first += wire::keys_max) {
    const std::size_t count = std::min(wire::keys_max, asked.keys.size() - first);
    if (!answered_keys_.contains(key_list(std::span(asked.keys).subspan(first, count)))) {
      broken(done.id, "has verdicts that no server gave");
    }
  }
}

void world::broken(core::lookup_id id, const std::string& rule) {
  outcome_.broken.push_back("lookup " + std::to_string(id) + " " + rule);
}

}  // namespace repute::sim
