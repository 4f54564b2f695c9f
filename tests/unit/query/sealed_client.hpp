// SPDX-License-Identifier: Apache-2.0
// What a client does to datagrams, for tests of the server's side.
#pragma once

#include <optional>
#include <stdexcept>
#include <vector>

#include "query/access_list.hpp"
#include "repute/schema/message.hpp"
#include "repute/seal/sealing.hpp"
#include "unit/query/query_fixture.hpp"

namespace repute::test {

/// A plain request of this type whose body begins so, as far as it fits into a sealed one.
inline octets request_with_body(wire::type type, byte_view body, std::uint64_t req_id = 7) {
  wire::packet_header header;
  header.type = type;
  header.req_id = req_id;
  const std::size_t room = wire::request_size_max - seal::tag_size - wire::header::size;
  const byte_view kept = body.first(std::min(body.size(), room));
  octets out(std::max(wire::header::size + kept.size(), wire::request_size_min));
  wire::encode_header(header, out.data());
  std::ranges::copy(kept, out.begin() + wire::header::size);
  return out;
}

/// One client and one session of it at a time.
class sealed_client {
 public:
  explicit sealed_client(std::uint32_t id = 257, std::uint8_t slot = 3,
                         seal::cipher_suite suite = seal::cipher_suite::aes_128_gcm)
      : id_(id), slot_(slot), suite_(suite), keys_(seal::derive_client_keys(master(), id)) {}

  static seal::master_key master() {
    seal::master_key key;
    std::ranges::fill(key.bytes(), std::uint8_t{0x5a});
    return key;
  }

  /// As the allow list would have it.
  [[nodiscard]] query::allowed_client entry() const {
    query::allowed_client out;
    out.id = id_;
    out.slot = slot_;
    out.keys = keys_;
    out.kinds.set();
    return out;
  }

  /// Begins session `number` of that hour.
  void begin(std::uint16_t hour, std::uint64_t number = 1) {
    sid_ = number << 16 | hour;
    const auto session = seal::derive_session_keys(keys_.psk, sid_, suite_);
    to_server_.emplace(seal::packet_cipher::role::seals, suite_, session.to_server);
    to_client_.emplace(seal::packet_cipher::role::opens, suite_, session.to_client);
  }

  /// A plain request, sealed under a nonce that no client of this process has used.
  [[nodiscard]] octets seal(octets plain) {
    wire::packet_header header;
    require(wire::decode_request_header(plain, header) == wire::header_check::ok);
    header.suite = static_cast<std::uint8_t>(suite_);
    header.slot = slot_;
    header.client_id = id_;
    header.sid = sid_;
    store_le(header.nonce.data(), ++nonces_);
    wire::encode_header(header, plain.data());
    header.mac1 = mac_(keys_.mac, plain);
    wire::encode_header(header, plain.data());
    plain.resize(plain.size() + seal::tag_size);
    require(to_server_->seal(plain));
    return plain;
  }

  /// The plain part of a reply; nothing if it is not what the server would have sealed.
  [[nodiscard]] std::optional<octets> open(byte_view reply) {
    wire::packet_header header;
    if (wire::decode_reply_header(reply, header) != wire::header_check::ok || header.sid != sid_ ||
        header.client_id != id_ || header.slot != slot_) {
      return std::nullopt;
    }
    octets out(reply.begin(), reply.end() - seal::tag_size);
    const bool good = to_client_->open(reply, byte_span(out).subspan(wire::header::size));
    return good ? std::optional(out) : std::nullopt;
  }

  /// The answer in a reply.
  [[nodiscard]] std::optional<wire::answer_view> answer(byte_view reply) {
    const auto plain = open(reply);
    wire::answer_view out;
    if (!plain || !wire::decode_answer_packet(byte_view(*plain).subspan(wire::header::size), out)) {
      return std::nullopt;
    }
    return out;
  }

 private:
  static void require(bool holds) {
    if (!holds) {
      throw std::logic_error("a test seals what is no request");
    }
  }

  std::uint32_t id_;
  std::uint8_t slot_;
  seal::cipher_suite suite_;
  seal::client_keys keys_;
  std::uint64_t sid_ = 0;
  static inline std::uint64_t nonces_ = 0;
  seal::header_mac mac_;
  std::optional<seal::packet_cipher> to_server_;
  std::optional<seal::packet_cipher> to_client_;
};

}  // namespace repute::test
