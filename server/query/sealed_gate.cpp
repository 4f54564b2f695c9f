// SPDX-License-Identifier: Apache-2.0
#include "query/sealed_gate.hpp"

#include <algorithm>
#include <exception>

namespace repute::query {

namespace {

constexpr int hours_apart_max = 2;
// A session that was begun just before the hour is used for most of the next one.
constexpr int hours_near = 1;

session_name name_of(const wire::packet_header& header) noexcept {
  return {header.client_id, header.suite, header.slot, header.sid};
}

}  // namespace

// All that can be said without a cipher.
std::optional<counter> sealed_gate::refuse(const datagram& from, const wire::packet_header& header,
                                           const allowed_client* client,
                                           const moment& at) noexcept {
  if (client == nullptr || client->slot != header.slot || !seal::to_cipher_suite(header.suite) ||
      (client->not_after_unix_s != 0 && at.unix_s() > client->not_after_unix_s)) {
    return counter::dropped_client;
  }
  if (!client->may_come_from(from.peer.address)) {
    return counter::dropped_network;
  }
  if (mac_(client->keys.mac, from.bytes) != header.mac1) {
    return counter::dropped_mac;
  }
  if (recent_.contains(header.nonce, from.peer.address)) {
    return counter::dropped_replay;
  }
  return std::nullopt;
}

// A session that is not known here: its keys are derived, and kept if the tag is good.
std::optional<counter> sealed_gate::begin(const datagram& from, const wire::packet_header& header,
                                          const moment& at, byte_span body, entry& to) noexcept {
  const std::uint16_t hour = seal::hour_of(at.unix_s());
  const int apart = seal::hours_apart(seal::hour_of_session(header.sid), hour);
  if (!to.client->gates->may_derive(from.peer.address, apart <= hours_near, at.now_ns)) {
    return counter::dropped_session;
  }
  try {
    const auto suite = *seal::to_cipher_suite(header.suite);
    auto fresh = std::make_unique<session>(
        name_of(header), seal::derive_session_keys(to.client->keys.psk, header.sid, suite), suite);
    if (!fresh->opens.open(from.bytes, body)) {
      return counter::dropped_tag;
    }
    to.session = apart <= hours_apart_max ? sessions_.keep(std::move(fresh), hour, at.batch)
                                          : sessions_.keep_for(at.batch, std::move(fresh));
  } catch (const std::exception&) {
    return counter::dropped_session;  // no memory: the client asks somebody else
  }
  return std::nullopt;
}

sealed_gate::entry sealed_gate::open(const datagram& from, const wire::packet_header& header,
                                     const access_list& access, const moment& at,
                                     byte_span body) noexcept {
  entry out;
  out.client = access.find(header.client_id);
  out.dropped = refuse(from, header, out.client, at);
  if (out.dropped) {
    return out;
  }
  out.session = sessions_.find(name_of(header), at.batch);
  if (out.session == nullptr) {
    out.dropped = begin(from, header, at, body, out);
  } else if (!out.session->opens.open(from.bytes, body)) {
    out.dropped = counter::dropped_tag;
  }
  if (out.dropped) {
    return out;
  }
  recent_.add(header.nonce, from.peer.address);
  if (out.session->ended()) {
    out.dropped = counter::dropped_session;
    return out;
  }
  ++out.session->opened;
  out.wrong_hour = seal::hours_apart(seal::hour_of_session(header.sid),
                                     seal::hour_of(at.unix_s())) > hours_apart_max;
  return out;
}

void sealed_gate::follow(const access_list& access) noexcept {
  if (access.serial() != serial_) {
    serial_ = access.serial();
    sessions_.erase_if([&](std::uint32_t client) { return access.find(client) == nullptr; });
  }
}

bool sealed_gate::seal(session& under, byte_span datagram, std::uint64_t unix_ns) noexcept {
  if (under.sealed >= seal::session_packets_max) {
    return false;
  }
  ++under.sealed;
  const seal::nonce nonce = nonces_.next(unix_ns);
  std::ranges::copy(nonce, datagram.begin() + wire::header::nonce);
  return under.seals.seal(datagram);
}

}  // namespace repute::query
