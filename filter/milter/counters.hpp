// SPDX-License-Identifier: Apache-2.0
// What happened since the start. Nothing in it tells who wrote to whom.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "repute/mail/status.hpp"

namespace repute::milter {

/// Thread-safe; each number by itself, not all of them together.
struct counters {
  using number = std::atomic<std::uint64_t>;

  number connections{0};
  number open_connections{0};
  number messages{0};
  std::array<number, mail::message_status_count> by_status{};
  number unanswered{0};  ///< no server answered in time
  number busy{0};        ///< no place among the messages looked at
  number failed{0};      ///< an error of our own
  number cut{0};         ///< longer than what is kept
  number spoofed{0};     ///< header fields from outside that only we may write
  number quarantined{0};
  number rejected{0};
  number reloads{0};
  number failed_reloads{0};
};

/// `messages=3 spam=1 ...` on one line.
[[nodiscard]] std::string to_text(const counters& of);

}  // namespace repute::milter
