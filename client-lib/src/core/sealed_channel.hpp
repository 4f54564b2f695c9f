// SPDX-License-Identifier: Apache-2.0
// The client's half of sealed mode; the page is schema/sealed_mode.md.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "core/clock.hpp"
#include "repute/schema/message.hpp"
#include "repute/seal/credentials.hpp"
#include "repute/seal/nonce_source.hpp"

namespace repute::core {

/// What sealed mode needs beside events and times.
struct sealing {
  seal::credentials credentials;
  std::function<std::uint64_t()> unix_ns;  ///< the clock on the wall
};

/// Sessions of one client, which all servers share. Not thread-safe.
class sealed_channel {
 public:
  /// `seed` scatters when sessions end. Throws std::runtime_error if OpenSSL does not have the
  /// suite.
  sealed_channel(const sealing& settings, std::uint64_t seed);

  /// Makes a sealed request of a plain one, which grows by its tag. Returns the session's sid, for
  /// open().
  std::uint64_t seal(std::vector<std::uint8_t>& datagram, time_point now);

  /// The body of a reply to a request that was sealed under `sid`, valid until the next call;
  /// nothing if the servers did not make it.
  [[nodiscard]] std::optional<byte_view> open(byte_view reply, const wire::packet_header& header,
                                              std::uint64_t sid);

  /// What a reply of `server` to a request of session `sid` says of sessions. `clock_ms` comes with
  /// CLOCK; `servers` is how many are configured. True if it was about the hour of a session that
  /// is used no more: the same server may well answer under the next one.
  bool on_status(std::size_t server, const wire::server_status& status,
                 std::optional<std::uint64_t> clock_ms, std::uint64_t sid, std::size_t servers);

  /// `server` leaves everything unanswered. If it did answer in this session, then perhaps it has
  /// used the session up, by answering copies that somebody sent: another one is begun.
  void on_silence(std::size_t server, time_point now);

  /// `server` is not configured any more.
  void forget(std::size_t server);

 private:
  struct session {
    session(const seal::credentials& by, std::uint64_t its_sid, const seal::session_keys& keys)
        : sid(its_sid),
          seals(seal::packet_cipher::role::seals, by.suite, keys.to_server),
          opens(seal::packet_cipher::role::opens, by.suite, keys.to_client) {}

    std::uint64_t sid;
    seal::packet_cipher seals;
    seal::packet_cipher opens;
    std::uint32_t sent = 0;
  };

  /// The last word of a server, if that was CLOCK.
  struct clock_vote {
    std::uint32_t server_id;
    std::int64_t offset_ms;  ///< of its clock
  };

  void begin(time_point now);
  [[nodiscard]] std::uint16_t hour() const;
  [[nodiscard]] std::optional<std::int64_t> offset_of_most(std::size_t servers) const;

  sealing settings_;
  seal::nonce_source nonces_;
  seal::header_mac mac_;
  std::unique_ptr<session> current_;
  std::unique_ptr<session> previous_;  ///< replies to it are still on their way
  time_point begun_;                   ///< of the current one
  time_point ends_;
  std::set<std::size_t> answered_;  ///< servers that did, in the current one
  bool ended_ = true;
  std::uint64_t random_;
  std::int64_t offset_ms_ = 0;                ///< of the servers' clocks
  std::map<std::size_t, clock_vote> clocks_;  ///< by server
  std::array<std::uint8_t, wire::request_size_max> body_{};
};

}  // namespace repute::core
