// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace repute::control {

/// From `put` on they are about what is said at run time (live_commands.hpp).
enum class command {
  status,
  stats,
  adopt,
  put,
  del,
  override_add,
  override_del,
  list,
  entry,
  fold,
};

/// A line of the control socket: a command, or what is wrong with the line.
struct control_request {
  std::optional<control::command> command;
  std::string error;
};

/// Reads `{"cmd":"status"}`. Never throws; the line is bounded by the socket (64 KiB).
[[nodiscard]] control_request parse_control_request(std::string_view line);

/// A JSON string with its quotes. Bytes that are no UTF-8 are passed on as they are.
[[nodiscard]] std::string json_quoted(std::string_view text);

/// `{"error":"..."}`.
[[nodiscard]] std::string json_error(std::string_view message);

}  // namespace repute::control
