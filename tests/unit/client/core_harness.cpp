// SPDX-License-Identifier: Apache-2.0
#include "core_harness.hpp"

#include <array>
#include <cassert>

#include "repute/schema/bytes.hpp"

namespace repute::test {
namespace {

core::core_settings seeded(core::core_settings settings) {
  settings.seed = 7060;
  return settings;
}

std::string tell(const core::send_datagram& datagram) {
  const auto type = static_cast<wire::type>(datagram.bytes[wire::header::type]);
  if (type == wire::type::fetch) {
    return "send to " + std::to_string(datagram.server) + ": fetch";
  }
  wire::query_view query;
  const bool good =
      wire::decode_query(type, byte_view(datagram.bytes).subspan(wire::header::size), query);
  assert(good);
  return "send to " + std::to_string(datagram.server) + ": " +
         (type == wire::type::ping ? "ping, " : "query, ") + std::to_string(query.key_count) +
         (good ? " keys" : "?");
}

std::string tell(const core::complete_lookup& done) {
  return "complete " + std::to_string(done.id) + ": " +
         (done.error
              ? name(*done.error)
              : std::to_string(done.result.answers.size()) + " answers from " + done.result.server);
}

}  // namespace

std::string name(errc value) {
  constexpr std::array names{"none",          "timeout",       "unreachable",    "overloaded",
                             "loading",       "refused",       "server_failure", "bad_request",
                             "too_many_keys", "salt_mismatch", "bad_server",     "bad_key"};
  return names.at(static_cast<std::size_t>(value));
}

key key_number(std::uint32_t number) {
  std::array<std::uint8_t, fingerprint_size> bytes{};
  store_le(bytes.data(), number);
  return {kind::host, bytes};
}

std::vector<key> keys_numbered(std::uint32_t first, std::uint32_t count) {
  std::vector<key> keys;
  for (std::uint32_t i = 0; i < count; ++i) {
    keys.push_back(key_number(first + i));
  }
  return keys;
}

answer answer_for(const wire::key_view& key) {
  answer result;
  if (key.kind == kind::ip4 && load_le<std::uint32_t>(key.bytes.data()) == 0x0100007f) {
    return result;  // 127.0.0.1, the test point that is never listed
  }
  result.status = status::listed;
  result.verdict = verdict::spam;
  result.score = static_cast<std::int16_t>(load_le<std::uint32_t>(key.bytes.data()) % 1000);
  result.category = static_cast<std::uint16_t>(key.kind);
  result.ttl_s = 60;
  return result;
}

answer answer_for(const key& key) {
  return answer_for(wire::key_view{key.kind(), key.bytes()});
}

std::vector<std::uint8_t> reply_to(byte_view request, wire::server_status status) {
  wire::packet_header header;
  wire::query_view query;
  if (wire::decode_request_header(request, header) != wire::header_check::ok ||
      !wire::decode_query(header.type, request.subspan(wire::header::size), query)) {
    return {};
  }
  status.key_count = query.key_count;
  std::vector<answer> answers;
  for (const wire::key_view& key : query.keys()) {
    answers.push_back(answer_for(key));
  }
  if (status.rcode != wire::rcode::ok) {
    answers.clear();
  }
  std::vector<std::uint8_t> storage(request.size());
  wire::reply_buffer reply(storage, request.size());
  wire::answer_tlvs tlvs;
  if (header.type == wire::type::ping) {
    tlvs.snapshot = wire::snapshot_tlv{7, 12};
  }
  wire::encode_answer_packet(header, status, answers, tlvs, reply);
  storage.resize(reply.size());
  return storage;
}

core::core_settings without_pings() {
  core::core_settings settings;
  settings.pings = false;
  return settings;
}

std::vector<core::server_spec> specs_of(std::size_t servers, std::size_t sockets) {
  std::vector<core::server_spec> specs;
  for (std::size_t i = 0; i < servers; ++i) {
    specs.push_back({.name = "server-" + std::to_string(i), .sockets = sockets});
  }
  return specs;
}

core_harness::core_harness(std::size_t servers, core::core_settings settings)
    : core_(seeded(std::move(settings))) {
  (void)replace(specs_of(servers));
}

story core_harness::replace(const std::vector<core::server_spec>& servers) {
  return feed(core::servers_replaced{servers});
}

story core_harness::submit(core::lookup_id id, const std::vector<key>& keys,
                           std::chrono::milliseconds deadline) {
  return feed(core::lookup_submitted{id, keys, now_ + deadline});
}

story core_harness::ping(core::lookup_id id, std::size_t server, const std::vector<key>& canary,
                         std::chrono::milliseconds deadline) {
  return feed(
      core::ping_submitted{id, "server-" + std::to_string(server), canary, now_ + deadline});
}

story core_harness::reply(std::size_t sent_index, wire::server_status status) {
  const core::send_datagram question = sent.at(sent_index);
  return receive(question.server, reply_to(question.bytes, status), question.socket);
}

story core_harness::receive(std::size_t server, byte_view bytes, std::size_t socket) {
  return feed(core::datagram_received{server, socket, bytes});
}

story core_harness::refuse(std::size_t server, std::size_t socket) {
  return feed(core::send_refused{server, socket});
}

story core_harness::cancel(core::lookup_id id) {
  return feed(core::lookup_cancelled{id});
}

void core_harness::warm_up(std::size_t servers, std::size_t fastest) {
  for (std::size_t i = 0; i < servers; ++i) {
    (void)ping(1000 + i, i, {});
    skip(i == fastest ? std::chrono::microseconds{100} : std::chrono::microseconds{1000});
    (void)reply(sent.size() - 1);
  }
  sent.clear();
  completed.clear();
}

story core_harness::pass(std::chrono::microseconds time) {
  story told;
  const core::time_point end = now_ + time;
  for (auto next = core_.next_timer(); next && *next <= end; next = core_.next_timer()) {
    now_ = std::max(now_, *next);
    const story more = feed(core::time_passed{});
    told.insert(told.end(), more.begin(), more.end());
  }
  now_ = end;
  return told;
}

story core_harness::feed(const core::event& event) {
  story told;
  for (core::action& action : core_.resume(event, now_)) {
    if (auto* datagram = std::get_if<core::send_datagram>(&action)) {
      told.push_back(tell(*datagram));
      sent.push_back(std::move(*datagram));
    } else if (auto* done = std::get_if<core::complete_lookup>(&action)) {
      told.push_back(tell(*done));
      completed.push_back(std::move(*done));
    } else if (const auto* rebind = std::get_if<core::rebind_socket>(&action)) {
      told.push_back("rebind " + std::to_string(rebind->server) + ":" +
                     std::to_string(rebind->socket));
    } else if (const auto* closed = std::get_if<core::close_server>(&action)) {
      told.push_back("close " + std::to_string(closed->server));
    } else if (const auto* opened = std::get_if<core::open_server>(&action)) {
      told.push_back("open " + std::to_string(opened->server) + ": " + opened->spec.name);
    } else if (auto* list = std::get_if<core::list_arrived>(&action)) {
      told.push_back("list of " + std::to_string(list->document.size()) + " bytes");
      lists.push_back(std::move(*list));
    }
  }
  return told;
}

}  // namespace repute::test
