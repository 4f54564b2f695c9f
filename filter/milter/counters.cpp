// SPDX-License-Identifier: Apache-2.0
#include "counters.hpp"

#include <fmt/format.h>

namespace repute::milter {

std::string to_text(const counters& of) {
  std::string out =
      fmt::format("connections={} open_connections={} messages={}", of.connections.load(),
                  of.open_connections.load(), of.messages.load());
  for (std::size_t i = 0; i < of.by_status.size(); ++i) {
    out +=
        fmt::format(" {}={}", word(static_cast<mail::message_status>(i)), of.by_status[i].load());
  }
  return out + fmt::format(
                   " unanswered={} busy={} failed={} cut={} spoofed={} quarantined={} rejected={} "
                   "reloads={} failed_reloads={}",
                   of.unanswered.load(), of.busy.load(), of.failed.load(), of.cut.load(),
                   of.spoofed.load(), of.quarantined.load(), of.rejected.load(), of.reloads.load(),
                   of.failed_reloads.load());
}

}  // namespace repute::milter
