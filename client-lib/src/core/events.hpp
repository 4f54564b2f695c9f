// SPDX-License-Identifier: Apache-2.0
// What goes into the client's core and what comes out of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/clock.hpp"
#include "core/sealed_channel.hpp"
#include "core/server_record.hpp"
#include "repute/client/error.hpp"
#include "repute/client/types.hpp"
#include "repute/schema/key.hpp"

namespace repute::core {

/// Name of a lookup or ping, given by the caller, never used twice.
using lookup_id = std::uint64_t;

// Events.
struct lookup_submitted {
  lookup_id id = 0;
  std::vector<key> keys;
  time_point deadline;
};
/// One attempt at one server, which completes with whatever that server says of itself.
struct ping_submitted {
  lookup_id id = 0;
  std::string server;           ///< its name
  std::span<const key> canary;  ///< none, or 2 keys
  time_point deadline;
};
struct datagram_received {
  std::size_t server = 0;  ///< the slot, and its socket, that received it
  std::size_t socket = 0;
  byte_view bytes;
};
struct send_refused {  ///< ICMP said that nobody listens there
  std::size_t server = 0;
  std::size_t socket = 0;
};
struct lookup_cancelled {  ///< no completion follows
  lookup_id id = 0;
};
/// The servers from now on. Those that were there before keep their records and slots; attempts at
/// servers that are gone have failed.
struct servers_replaced {
  std::span<const server_spec> servers;
};
/// A list of servers of this version is in force: only greater ones are of interest.
struct list_adopted {
  std::uint32_t version = 0;
};
struct time_passed {};
using event = std::variant<lookup_submitted, ping_submitted, datagram_received, send_refused,
                           lookup_cancelled, servers_replaced, list_adopted, time_passed>;

// Actions.
struct send_datagram {
  std::size_t server = 0;
  std::size_t socket = 0;
  std::vector<std::uint8_t> bytes;
};
struct complete_lookup {
  lookup_id id = 0;
  std::optional<errc> error;  ///< then `result.answers` is empty
  lookup_result result;
};
/// Give this socket a new port: behind its old one somebody sleeps.
struct rebind_socket {
  std::size_t server = 0;
  std::size_t socket = 0;
};
/// Make sockets for the server in this slot, or close them.
struct open_server {
  std::size_t server = 0;
  server_spec spec;
};
struct close_server {
  std::size_t server = 0;
};
/// A list of servers was fetched. Nothing of it is checked yet.
struct list_arrived {
  std::vector<std::uint8_t> document;
  std::uint32_t data_epoch = 0;  ///< of the server that it came from
};
using action = std::variant<send_datagram, complete_lookup, rebind_socket, open_server,
                            close_server, list_arrived>;

struct core_settings {
  std::optional<std::array<std::uint8_t, 2>> salt_fp;
  std::size_t cache_keys = 0;       ///< answers kept at most; 0 = none
  bool pings = true;                ///< false: servers are known by lookups alone
  bool follow_list = false;         ///< fetch the servers' list of servers
  std::uint64_t seed = 0;           ///< of choices among servers
  std::optional<sealing> sealed{};  ///< nothing: plain

  /// Numbers that nobody can foretell: with a plain server they are all that ties an answer to its
  /// question. Empty: from the seed, for simulations that must replay.
  std::function<std::uint64_t()> req_ids{};
};

}  // namespace repute::core
