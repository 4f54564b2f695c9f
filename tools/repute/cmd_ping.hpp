// SPDX-License-Identifier: Apache-2.0
// `repute ping`: asks every server how it is, and two questions with known answers.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "environment.hpp"
#include "repute/client/types.hpp"

namespace repute::tool {

struct ping_options {
  connection_options connection;
  bool json = false;
  unsigned count = 1;  ///< pings per server, one after the other
};

/// What a server said, or that it did not. Persistent words in JSON: see word().
enum class server_state {
  ok,
  draining,
  overloaded,
  stale,
  loading,
  busy,
  refused,
  failing,
  foreign_salt,  ///< its data was built under another salt
  wrong_answer,  ///< it does not list the always-hit key, or lists the never-hit key
  no_answer,
};
[[nodiscard]] std::string_view word(server_state value) noexcept;

/// Pings of one server.
struct ping_report {
  std::string server;
  server_state state = server_state::no_answer;  ///< the worst seen
  unsigned sent = 0;
  unsigned answered = 0;
  std::chrono::microseconds rtt_min{0};
  std::chrono::microseconds rtt_mean{0};
  std::chrono::microseconds rtt_max{0};
  lookup_result last;  ///< the last answer, if there was one
};

/// State of a server by its answer to a ping with the canary: the always-hit, then the never-hit
/// key.
[[nodiscard]] server_state state_of(const lookup_result& answer,
                                    std::array<std::uint8_t, 2> salt_fp) noexcept;

[[nodiscard]] std::string to_json(const ping_report& report);
[[nodiscard]] std::string to_text(const std::vector<ping_report>& reports);

/// Prints one row per server. Returns 69 if a server left a ping unanswered or cannot serve, else 1
/// if one answered the canary wrongly or has another salt, else 0.
[[nodiscard]] int cmd_ping(const ping_options& options);

}  // namespace repute::tool
