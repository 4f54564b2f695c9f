// SPDX-License-Identifier: Apache-2.0
// Lets sealed datagrams in and replies out; the page is ../../schema/sealed_mode.md.
#pragma once

#include <cstdint>
#include <optional>

#include "query/access_list.hpp"
#include "query/counters.hpp"
#include "query/datagram.hpp"
#include "query/session_cache.hpp"
#include "repute/schema/message.hpp"
#include "repute/seal/nonce_source.hpp"

namespace repute::query {

/// One per worker; not thread-safe. With sessions that it knows it allocates nothing; random
/// numbers cost a system call for some hundred replies.
class sealed_gate {
 public:
  /// `server_id` marks its nonces.
  explicit sealed_gate(std::uint32_t server_id) : nonces_(server_id) {}

  /// Times of the batch at hand, and its number, which grows.
  struct moment {
    std::uint64_t unix_ns = 0;
    std::uint64_t now_ns = 0;  ///< monotonic
    std::uint64_t batch = 0;

    [[nodiscard]] std::uint64_t unix_s() const noexcept { return unix_ns / 1'000'000'000; }
  };

  /// A request that was let in, or why it was dropped.
  struct entry {
    std::optional<counter> dropped;
    const allowed_client* client = nullptr;
    query::session* session = nullptr;  ///< lives as long as the batch
    bool wrong_hour = false;            ///< its clock is too far from ours
  };

  /// Checks a sealed request whose header is `header`, the cheapest things first, and puts its body
  /// into `body`, which is as long as the datagram.
  [[nodiscard]] entry open(const datagram& from, const wire::packet_header& header,
                           const access_list& access, const moment& at, byte_span body) noexcept;

  /// Call first in each batch: when another list is in force, sessions of clients that are not in
  /// it are forgotten, and their keys wiped.
  void follow(const access_list& access) noexcept;

  /// Draws a nonce and seals in place: a header, a body, and seal::tag_size bytes of room. False:
  /// the session is used up, or OpenSSL fails; nothing must be sent.
  [[nodiscard]] bool seal(session& under, byte_span datagram, std::uint64_t unix_ns) noexcept;

 private:
  [[nodiscard]] std::optional<counter> refuse(const datagram& from,
                                              const wire::packet_header& header,
                                              const allowed_client* client,
                                              const moment& at) noexcept;
  [[nodiscard]] std::optional<counter> begin(const datagram& from,
                                             const wire::packet_header& header, const moment& at,
                                             byte_span body, entry& to) noexcept;

  seal::header_mac mac_;
  seal::nonce_source nonces_;
  session_cache sessions_;
  recent_nonces recent_;
  std::uint64_t serial_ = 0;  ///< of the list that is followed
};

}  // namespace repute::query
