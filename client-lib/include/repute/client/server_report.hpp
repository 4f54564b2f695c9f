// SPDX-License-Identifier: Apache-2.0
// What a client knows of its servers, for people who look.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "repute/schema/message.hpp"

namespace repute {

/// How a server is regarded. Lookups go to the cheapest; the states below `up` make a server look
/// more expensive than it measured, `loading` and `down` take it out while any other is left.
enum class server_tier : std::uint8_t {
  up,
  stale,     ///< its data or its snapshot is older than that of the others
  suspect,   ///< left the last question unanswered
  draining,  ///< said that it is about to stop
  loading,   ///< has no snapshot yet
  down,      ///< silent, failing or wrong; only pings go there
};

/// `up`, `stale`, `suspect`, `draining`, `loading`, `down`.
[[nodiscard]] std::string_view word(server_tier tier) noexcept;

/// One server as the client sees it at one moment. A value; nothing in it changes any more.
struct server_report {
  std::string server;  ///< `ADDRESS:PORT`
  server_tier tier = server_tier::up;
  std::string reason;  ///< why it is used or not, a few words
  bool used = false;   ///< a lookup made now might go there

  std::chrono::microseconds srtt{0};    ///< smoothed response time; 0 = never answered
  std::chrono::microseconds rttvar{0};  ///< its mean deviation
  std::chrono::microseconds rto{0};     ///< after this an attempt counts as unanswered
  std::chrono::microseconds queue{0};   ///< queue delay that it told, fading
  std::chrono::microseconds bias{0};    ///< as configured
  std::chrono::microseconds cost{0};    ///< what servers are compared by, all judgements included

  double share = 0;            ///< of the lookups of about the last 10 seconds, 0 .. 1
  unsigned in_flight = 0;      ///< datagrams on their way
  unsigned sockets = 0;        ///< connected to it
  unsigned sockets_quiet = 0;  ///< of these left something unanswered
  std::uint64_t sends = 0;     ///< datagrams sent to it, pings included
  std::uint64_t answers = 0;   ///< answers that came, late ones included
  std::uint64_t timeouts = 0;  ///< datagrams not answered in time

  /// What it last said of itself, and how long ago; nothing if it never answered.
  std::optional<wire::server_status> status;
  std::chrono::microseconds status_age{0};
  std::optional<wire::snapshot_tlv> snapshot;  ///< from its last PONG that told it
};

/// A client as a whole.
struct client_report {
  std::vector<server_report> servers;  ///< in the order of configuration
  std::uint32_t list_version = 0;      ///< of the signed list in force, 0 = none
  std::string list_problem;            ///< why the list that was fetched last was not taken
};

}  // namespace repute
