// SPDX-License-Identifier: Apache-2.0
#include "core/fleet.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace repute::core {
namespace {

/// Answers later than this after their lookup's deadline tell nothing worth knowing.
constexpr std::chrono::seconds late_answer_max{1};

/// Test keys that need no salt: every snapshot has the first and never the second
/// (schema/wire_format.md, "Test points").
const std::array<key, 2>& canary() {
  static const std::array<key, 2> keys{key(kind::ip4, std::array<std::uint8_t, 4>{127, 0, 0, 2}),
                                       key(kind::ip4, std::array<std::uint8_t, 4>{127, 0, 0, 1})};
  return keys;
}

/// Statuses that tell nothing about the store.
bool withheld(status value) noexcept {
  return value == status::refused || value == status::skipped || value == status::unsupported;
}

bool canary_lives(std::span<const answer> answers) noexcept {
  const bool hit = withheld(answers[0].status) ||
                   (answers[0].status == status::listed && answers[0].verdict != verdict::none);
  const bool never = withheld(answers[1].status) || answers[1].status == status::not_listed;
  return hit && never;
}

std::uint16_t milliseconds_left(time_point now, time_point deadline) noexcept {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now).count();
  return static_cast<std::uint16_t>(std::clamp<std::int64_t>(left, 1, 65535));
}

}  // namespace

fleet::fleet(const core_settings& settings, std::vector<action>& actions)
    : settings_(settings), actions_(actions), random_(settings.seed) {
  if (settings.sealed) {
    channel_.emplace(*settings.sealed, random_());
  }
}

void fleet::wake(time_point now) {
  assert(!started_ || now >= now_);
  const auto due = started_ ? next_timer() : std::nullopt;
  if (!started_ || (due && now - *due > stall)) {
    awake_since_ = now;
  }
  started_ = true;
  now_ = now;
  attempts_.forget_old(now);
}

std::vector<question_id> fleet::replace(std::span<const server_spec> servers) {
  // While nothing works yet there is nobody whom a new server could disturb.
  const auto works = [&](std::size_t slot) { return !selector_.at(slot).health().down(); };
  const bool running = std::ranges::any_of(selector_.order(), works);
  const auto made = selector_.replace(servers, running ? defect::unproven : defect::none, now_);
  std::vector<question_id> hit;
  for (const std::size_t slot : made.removed) {
    attempts_.for_each([&](req_id, attempt& a) {
      if (a.server == slot && !a.failed && a.question != 0) {
        hit.push_back(a.question);
      }
    });
    attempts_.erase_if([&](const attempt& a) { return a.server == slot; });
    list_.on_removed(slot);
    if (channel_) {
      channel_->forget(slot);
    }
    actions_.emplace_back(close_server{slot});
  }
  for (const std::size_t slot : made.added) {
    actions_.emplace_back(open_server{slot, selector_.at(slot).spec()});
  }
  std::ranges::sort(hit);  // the order of a hash table must not decide what is sent first
  return hit;
}

std::optional<std::size_t> fleet::find(std::string_view name) const {
  const auto found = std::ranges::find_if(
      selector_.order(), [&](std::size_t slot) { return selector_.at(slot).spec().name == name; });
  return found == selector_.order().end() ? std::nullopt : std::optional{*found};
}

void fleet::send(const question_to_send& what, std::size_t server) {
  std::vector<std::uint8_t> bytes(wire::request_size(what.keys).value());
  const req_id id = fresh_req_id();
  const std::size_t size =
      wire::encode_request(what.type, id, milliseconds_left(now_, what.deadline), what.keys, bytes);
  assert(size == bytes.size());
  bytes.resize(size);
  attempt made;
  made.question = what.id;
  made.server = server;
  const bool ping = what.type == wire::type::ping;
  made.socket = ping ? selector_.at(server).sockets().pick_for_ping()
                     : selector_.at(server).sockets().pick(random_);
  made.keys = what.keys.size();
  made.expects = ping ? wire::type::pong : wire::type::answer;
  made.forget = std::max(now_, what.deadline) + late_answer_max;
  emit(made, std::move(bytes), id, what.first && !ping);
}

void fleet::emit(attempt made, std::vector<std::uint8_t> bytes, req_id id, bool first) {
  made.sent_at = now_;
  made.due = now_ + rto(made.server);
  made.sid = channel_ ? channel_->seal(bytes, now_) : 0;
  selector_.at(made.server).on_sent(now_, first);
  actions_.emplace_back(send_datagram{made.server, made.socket, std::move(bytes)});
  attempts_.add(id, made);
}

req_id fleet::fresh_req_id() {
  for (;;) {
    const req_id id = settings_.req_ids ? settings_.req_ids() : random_();
    if (id != 0 && !attempts_.contains(id)) {
      return id;
    }
  }
}

std::optional<arrival> fleet::receive(const datagram_received& e) {
  wire::packet_header header;
  if (wire::decode_reply_header(e.bytes, header) != wire::header_check::ok) {
    return std::nullopt;
  }
  const attempt* a = attempts_.find(header.req_id);
  if (a == nullptr || a->server != e.server || a->socket != e.socket || a->expects != header.type) {
    return std::nullopt;
  }
  const auto body = body_of(e.bytes, header, *a);
  if (!body) {
    return std::nullopt;
  }
  if (header.type == wire::type::part) {
    receive_part(*body, header.req_id, *a);
    return std::nullopt;
  }
  return receive_answer(*body, header.req_id, *a);
}

// In the mode in which it was asked, or not at all.
std::optional<byte_view> fleet::body_of(byte_view reply, const wire::packet_header& header,
                                        const attempt& a) {
  if (channel_) {
    return channel_->open(reply, header, a.sid);
  }
  return header.suite == 0 ? std::optional{reply.subspan(wire::header::size)} : std::nullopt;
}

std::optional<arrival> fleet::receive_answer(byte_view body, req_id id, const attempt& a) {
  arrival got;
  const bool readable = wire::decode_answer_packet(body, got.view);
  const wire::server_status& status = got.view.status;
  if (!readable || (status.rcode == wire::rcode::ok && got.view.answer_count != a.keys)) {
    return std::nullopt;
  }
  if (channel_) {
    got.ask_again =
        channel_->on_status(a.server, status, got.view.clock_ms, a.sid, selector_.order().size());
  }
  got.question = a.question;
  got.server = a.server;
  got.rtt = std::chrono::duration_cast<microseconds>(now_ - a.sent_at);
  got.open = !a.failed;
  got.found = judge(a, got.view);
  server_record& server = selector_.at(a.server);
  if (a.waiting) {
    server.on_released();
  }
  const bool canary_asked = a.question == 0 && a.keys > 0;
  server.on_answer(status,
                   {.socket = a.socket,
                    .rtt = got.rtt,
                    .samples = a.sent_at >= awake_since_,
                    .tested = canary_asked && got.found == defect::none,
                    .found = got.found},
                   now_, random_);
  if (got.view.snapshot) {
    server.on_snapshot(*got.view.snapshot);
  }
  if (settings_.follow_list && status.rcode == wire::rcode::ok) {
    list_.on_status(a.server, status.generation, status.data_epoch, now_, random_);
  }
  const bool ours = a.question == 0;
  attempts_.erase(id);
  return ours ? std::nullopt : std::optional{got};
}

defect fleet::judge(const attempt& a, const wire::answer_view& view) const {
  if (view.status.rcode != wire::rcode::ok) {
    return defect::none;  // its rcode says it
  }
  if (settings_.salt_fp && *settings_.salt_fp != view.status.salt_fp) {
    return defect::foreign_salt;
  }
  if (a.question == 0 && a.keys > 0 && !canary_lives(view.answers())) {
    return defect::wrong_answers;
  }
  return defect::none;
}

void fleet::receive_part(byte_view body, req_id id, const attempt& a) {
  wire::part_view part;
  if (!wire::decode_part(body, part)) {
    return;
  }
  if (a.waiting) {
    selector_.at(a.server).on_released();
  }
  const bool from_source = list_.due() && a.server == list_.source();
  attempts_.erase(id);
  if (from_source && list_.on_part(part, now_)) {
    actions_.emplace_back(list_arrived{list_.document(), list_.data_epoch()});
  } else {
    send_fetch();
  }
}

std::vector<question_id> fleet::refuse(const send_refused& e) {
  std::vector<question_id> hit;
  if (!selector_.has(e.server)) {
    return hit;
  }
  attempts_.for_each([&](req_id id, attempt& a) {
    if (a.server == e.server && a.socket == e.socket && !a.failed) {
      if (a.waiting) {
        selector_.at(a.server).on_released();
      }
      attempts_.refuse(id, a, now_);
      if (a.question != 0) {
        hit.push_back(a.question);
      }
    }
  });
  selector_.at(e.server).on_refused(now_, random_);
  std::ranges::sort(hit);
  return hit;
}

void fleet::pass_time() {
  blame_late();
  if (settings_.pings) {
    send_pings();
  }
  send_fetch();
}

void fleet::blame_late() {
  while (const attempt* late = attempts_.take_due(now_)) {
    server_record& server = selector_.at(late->server);
    server.on_released();
    const bool ours_to_blame = late->sent_at < awake_since_;
    if (!ours_to_blame && late->expects != wire::type::part &&
        server.on_timeout(late->socket, late->sent_at, now_, random_)) {
      actions_.emplace_back(rebind_socket{late->server, late->socket});
    }
    if (channel_ && server.health().why_down() == defect::silent) {
      channel_->on_silence(late->server, now_);
    }
  }
}

void fleet::send_pings() {
  for (const std::size_t server : selector_.order()) {
    if (selector_.at(server).pings().due() <= now_) {
      ping(server);
    }
  }
}

void fleet::ping(std::size_t server) {
  server_record& it = selector_.at(server);
  const bool test = it.pings().canary_is_due() || it.health().why_down() == defect::wrong_answers;
  send({.id = 0,
        .type = wire::type::ping,
        .keys = test ? std::span<const key>(canary()) : std::span<const key>(),
        .deadline = now_ + late_answer_max,
        .first = false},
       server);
  it.pings().on_sent(now_, random_);
}

void fleet::send_fetch() {
  if (!list_.due() || *list_.due() > now_) {
    return;
  }
  std::vector<std::uint8_t> bytes(wire::request_size_max - (channel_ ? seal::tag_size : 0));
  const req_id id = fresh_req_id();
  const std::size_t size =
      wire::encode_fetch(id, {.what = wire::fetch_server_list, .offset = list_.offset()}, bytes);
  assert(size == bytes.size());
  attempt made;
  made.server = list_.source();
  made.socket = selector_.at(made.server).sockets().pick(random_);
  made.expects = wire::type::part;
  made.forget = now_ + late_answer_max;
  emit(made, std::move(bytes), id, false);
  list_.on_asked(now_);
}

std::optional<time_point> fleet::next_timer() {
  std::optional<time_point> next = attempts_.next_due();
  const auto sooner = [&](time_point other) {
    if (!next || other < *next) {
      next = other;
    }
  };
  if (list_.due()) {
    sooner(*list_.due());
  }
  if (settings_.pings) {
    for (const std::size_t server : selector_.order()) {
      sooner(selector_.at(server).pings().due());
    }
  }
  return next;
}

}  // namespace repute::core
