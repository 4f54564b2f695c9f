// SPDX-License-Identifier: Apache-2.0
#include "sim/core_policy.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "repute/schema/bytes.hpp"
#include "repute/schema/message.hpp"

namespace repute::sim {
namespace {

core::time_point point(micros at) {
  return core::time_point{} + std::chrono::hours{1} + std::chrono::microseconds{at};
}

core::core_settings seeded(std::uint64_t seed) {
  core::core_settings settings;
  settings.seed = seed;
  return settings;
}

std::uint64_t req_id_of(byte_view datagram) {
  return load_le<std::uint64_t>(datagram.data() + wire::header::req_id);
}

/// The number of the only key of a query.
std::uint64_t key_of(byte_view datagram) {
  return load_le<std::uint64_t>(datagram.data() + wire::header::size + wire::query::keys + 2);
}

/// Every key is not listed, but for the one of the canary that must be.
answer answer_to(const wire::key_view& asked) {
  const bool hit = asked.kind == kind::ip4 && asked.bytes[3] == 2;
  answer out;
  out.status = hit ? status::listed : status::not_listed;
  out.verdict = hit ? verdict::blacklisted : verdict::none;
  return out;
}

std::vector<std::uint8_t> encode(byte_view request, const told& from) {
  wire::packet_header header;
  wire::query_view query;
  if (wire::decode_request_header(request, header) != wire::header_check::ok ||
      !wire::decode_query(header.type, request.subspan(wire::header::size), query)) {
    return {};
  }
  wire::server_status status;
  status.rcode = from.what == told::result::ok ? wire::rcode::ok : wire::rcode::busy;
  status.key_count = query.key_count;
  status.qdelay_10us = static_cast<std::uint16_t>(std::min<micros>(from.queue / 10, 65535));
  status.retry_after_ms = static_cast<std::uint16_t>(from.retry_after);
  status.sflags = from.draining ? wire::sflag_drain : std::uint8_t{0};
  std::vector<answer> answers;
  for (const wire::key_view& asked : query.keys()) {
    answers.push_back(answer_to(asked));
  }
  if (status.rcode != wire::rcode::ok) {
    answers.clear();
  }
  std::vector<std::uint8_t> storage(request.size());
  wire::reply_buffer reply(storage, request.size());
  wire::encode_answer_packet(header, status, answers, {}, reply);
  storage.resize(reply.size());
  return storage;
}

}  // namespace

core_policy::core_policy(actions& out, std::size_t servers, std::uint64_t seed)
    : out_(out), core_(seeded(seed)), last_key_(seed << 32) {
  std::vector<core::server_spec> specs;
  for (std::size_t i = 0; i < servers; ++i) {
    specs.push_back({.name = std::to_string(i), .sockets = 2});
  }
  feed(core::servers_replaced{specs}, 0);
}

void core_policy::on_lookup(std::uint64_t lookup, micros now, micros deadline) {
  std::array<std::uint8_t, fingerprint_size> bytes{};
  store_le(bytes.data(), ++last_key_);  // nobody asks the same, so nothing is shared
  feed(core::lookup_submitted{lookup, {key(kind::host, bytes)}, point(deadline)}, now);
}

void core_policy::on_answer(std::size_t server, std::uint64_t token, const told& status,
                            micros now) {
  const auto request = sent_.extract(token);
  if (!request.empty()) {
    const std::size_t socket = request.mapped().back();
    const auto bytes =
        encode(byte_view(request.mapped()).first(request.mapped().size() - 1), status);
    feed(core::datagram_received{server, socket, bytes}, now);
  }
}

void core_policy::on_refused(std::size_t server, std::uint64_t token, micros now) {
  if (const auto request = sent_.find(token); request != sent_.end()) {
    feed(core::send_refused{server, request->second.back()}, now);
  }
}

void core_policy::on_time(micros now) {
  feed(core::time_passed{}, now);
}

std::optional<micros> core_policy::next_timer() {
  const auto next = core_.next_timer();
  return next
             ? std::optional{std::chrono::ceil<std::chrono::microseconds>(*next - point(0)).count()}
             : std::nullopt;
}

std::vector<server_report> core_policy::report(micros now) {
  return core_.report(point(now));
}

void core_policy::feed(const core::event& e, micros now) {
  for (core::action& action : core_.resume(e, point(now))) {
    if (auto* datagram = std::get_if<core::send_datagram>(&action)) {
      emit(*datagram);
    } else if (const auto* done = std::get_if<core::complete_lookup>(&action)) {
      out_.complete(done->id, !done->error);
    }
  }
}

void core_policy::emit(core::send_datagram& sent) {
  const std::uint64_t token = req_id_of(sent.bytes);
  const bool ping = sent.bytes[wire::header::type] == static_cast<std::uint8_t>(wire::type::ping);
  const bool retry = !ping && !firsts_.insert(key_of(sent.bytes)).second;
  sent.bytes.push_back(static_cast<std::uint8_t>(sent.socket));
  sent_[token] = std::move(sent.bytes);
  if (ping) {
    out_.ping(sent.server, token);
  } else {
    out_.send(sent.server, token, retry);
  }
}

std::unique_ptr<policy> make_core_policy(actions& out, std::size_t servers, std::uint64_t seed) {
  return std::make_unique<core_policy>(out, servers, seed);
}

}  // namespace repute::sim
