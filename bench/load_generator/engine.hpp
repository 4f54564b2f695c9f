// SPDX-License-Identifier: Apache-2.0
// Sends requests of any protocol and measures the replies: one thread, no allocation while it runs.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "load_generator/outcome.hpp"
#include "load_generator/protocol.hpp"

namespace repute::bench {

struct load_options {
  std::uint64_t rate_per_s = 0;    ///< open loop; 0: as fast as answers come
  std::uint32_t window = 256;      ///< maximum rate: requests outstanding, of all sockets together
  std::size_t sockets = 1;         ///< source ports, or connections
  std::uint64_t warm_up_ns = 0;    ///< load before the measured window
  std::uint64_t measure_ns = 0;    ///< length of the measured window
  std::uint64_t grace_ns = 0;      ///< unanswered for so long is lost
  std::function<void()> at_begin;  ///< called as the window begins ...
  std::function<void()> at_end;    ///< ... and ends, to read the server's meters
};

/// Where to send.
struct target {
  sockaddr_storage address{};
  socklen_t size = 0;
};

/// `127.0.0.1:7060` or `[::1]:7060`; nothing for anything else.
[[nodiscard]] std::optional<target> parse_target(std::string_view text);

/// Over UDP. In open loop each request leaves when it is due, and those due at one time together;
/// at maximum rate they leave in bursts. Neighbours of one size leave as one UDP_SEGMENT send where
/// the kernel can. Throws std::system_error if there are no sockets.
[[nodiscard]] outcome run_udp(const target& to, protocol& speaks, const load_options& load);

/// Over TCP, pipelined; `window` is spread over the connections. Throws std::system_error if a
/// connection cannot be made or ends.
[[nodiscard]] outcome run_tcp(const target& to, protocol& speaks, const load_options& load);

/// Keeps this thread on one CPU; false if there is no such CPU.
bool pin_to_cpu(unsigned cpu) noexcept;

}  // namespace repute::bench
