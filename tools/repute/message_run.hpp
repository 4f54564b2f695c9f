// SPDX-License-Identifier: Apache-2.0
// Many messages, several at a time, with their outcomes printed in order.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "message_files.hpp"
#include "repute/mail/status.hpp"

namespace repute::tool {

/// What a command found out about one message.
struct message_outcome {
  std::string text;  ///< for standard output
  std::optional<mail::message_status> status;
  bool unanswered = false;
};

/// Counts of a run.
struct message_totals {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  std::uint64_t unanswered = 0;
  std::array<std::uint64_t, mail::message_status_count> by_status{};
  double seconds = 0;
};

/// Gives each message of `from` to `work`, which is called in several threads at once, and prints
/// what that returns in the order of the messages. With `progress`, a line on standard error tells
/// how far it is, on a terminal only. Files that cannot be read are named there. The exit code: 74
/// if standard output broke off, else 66 if a file could not be read, else 69 if a message was
/// unanswered, else 0.
[[nodiscard]] int run_messages(const message_paths& from, bool progress,
                               const std::function<message_outcome(const found_message&)>& work,
                               message_totals& totals);

/// A table for people: how many messages have which status.
[[nodiscard]] std::string summary_text(const message_totals& totals);

}  // namespace repute::tool
