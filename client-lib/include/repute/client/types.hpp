// SPDX-License-Identifier: Apache-2.0
// What goes into a client and what comes out of it.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "repute/schema/message.hpp"
#include "repute/schema/verdict.hpp"

namespace repute {

inline constexpr std::size_t lookup_keys_max = 1024;  ///< keys of one lookup: 16 full datagrams
inline constexpr std::size_t client_servers_max = 64;

struct client_options {
  /// `HOST`, `HOST:PORT`, `ADDRESS`, `[V6ADDRESS]:PORT`; the port is 7060 when not given. A name
  /// stands for all its IPv4 addresses, or its IPv6 addresses if it has no others: each is a
  /// server. Names are resolved again every minute; one that cannot be keeps its addresses.
  std::vector<std::string> servers;

  /// From the call to the completion of a lookup, retries included; 1 ms .. 60 s, clamped.
  std::chrono::milliseconds deadline{500};

  /// What seal::salt_fingerprint() gives for the salt that made the keys. A server with another one
  /// is not believed; if no other is left, lookups end with errc::salt_mismatch. Nothing: not
  /// compared.
  std::optional<std::array<std::uint8_t, 2>> salt_fp;

  /// The credentials file (mode 0600, `repute keys client add` makes it) of sealed mode. With it
  /// every datagram to every server is sealed, and nothing else is believed. Its salt is the one to
  /// make keys with: seal::read_credentials().
  std::string credentials;

  /// Allows plain text to servers of other machines, where there are no credentials: whoever sees
  /// the packets can read them and forge answers.
  bool plain = false;

  /// Sockets to each server, at most 8. A server's kernel ties each to one of its threads, so one
  /// socket can load one core of it. 0: as many as this machine has processors.
  std::size_t sockets_per_server = 0;

  /// Answers kept, least recently used ones making room, each for the time that its server allows.
  /// All are dropped when a server changes to another generation or data epoch. 0: none is kept.
  std::size_t cache_keys = 0;

  /// The public key (`ed25519:...`, as `repute keys show` prints it) that signs the list of
  /// servers. The list is fetched from the servers and added to `servers` while the client runs;
  /// one that is not signed by this key, belongs to other data or is no newer than the one in
  /// force changes nothing. Empty: lists are not fetched.
  std::string list_key;

  /// Where the list that was adopted last is kept, so that the next start begins with it, and an
  /// older one is never taken again. Empty: in memory only.
  std::string list_file;
};

/// Answer to a lookup or a ping.
struct lookup_result {
  /// One for each key, in the order of the request; a key given twice is asked once and answered
  /// twice.
  std::vector<answer> answers;

  /// The server that answered, as `ADDRESS:PORT`, and the time from sending that datagram to its
  /// answer. With several datagrams these and `status` describe the one that was answered last.
  /// They are also set for errors that a server caused.
  std::string server;
  std::chrono::microseconds rtt{0};
  wire::server_status status;

  std::optional<wire::snapshot_tlv> snapshot;  ///< answers to a ping only
  unsigned sends = 0;                          ///< datagrams sent for this lookup
};

}  // namespace repute
