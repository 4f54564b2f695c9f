// SPDX-License-Identifier: Apache-2.0
// What a world knows of sealed datagrams, since it made the keys.
#pragma once

#include <cstdint>
#include <vector>

#include "query/access_list.hpp"
#include "repute/schema/message.hpp"
#include "repute/seal/credentials.hpp"

namespace repute::sim {

/// Not thread-safe.
class wiretap {
 public:
  using bytes = std::vector<std::uint8_t>;

  wiretap() {
    credentials_.client_id = 257;
    credentials_.name = "client";
    credentials_.keys = seal::derive_client_keys({}, credentials_.client_id);
  }

  [[nodiscard]] const seal::credentials& credentials() const noexcept { return credentials_; }
  /// A list in which the client is, and nobody may ask in plain text.
  [[nodiscard]] query::access_list access() const {
    query::allowed_client client;
    client.id = credentials_.client_id;
    client.keys = credentials_.keys;
    client.kinds.set();
    return {{client}, {}};
  }

  /// The plain part of a sealed datagram; empty if it was not sealed with these keys.
  [[nodiscard]] bytes opened(byte_view datagram, bool to_server) const {
    if (datagram.size() < wire::header::size + seal::tag_size) {
      return {};
    }
    seal::packet_cipher cipher(seal::packet_cipher::role::opens, credentials_.suite,
                               key_of(datagram, to_server));
    bytes out(datagram.begin(), datagram.end() - seal::tag_size);
    return cipher.open(datagram, byte_span(out).subspan(wire::header::size)) ? out : bytes();
  }
  [[nodiscard]] bytes sealed(bytes plain, bool to_server) const {
    seal::packet_cipher cipher(seal::packet_cipher::role::seals, credentials_.suite,
                               key_of(plain, to_server));
    plain.resize(plain.size() + seal::tag_size);
    return cipher.seal(plain) ? plain : bytes();
  }

 private:
  [[nodiscard]] seal::secret<32> key_of(byte_view datagram, bool to_server) const {
    const auto sid = load_le<std::uint64_t>(datagram.data() + wire::header::sid);
    const auto keys = seal::derive_session_keys(credentials_.keys.psk, sid, credentials_.suite);
    return to_server ? keys.to_server : keys.to_client;
  }

  seal::credentials credentials_;
};

}  // namespace repute::sim
