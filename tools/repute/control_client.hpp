// SPDX-License-Identifier: Apache-2.0
// Speaks to the reputed that serves a database directory, over DIR/control.sock.
//
//   auto control = control_client::connect(db);
//   if (const auto* why = std::get_if<control_failure>(&control)) { ... why->message ... }
//   auto reply = std::get<control_client>(control).ask(R"({"cmd":"status"})");
//
// A reply is one line of JSON, to be read with simdjson; `{"error":"..."}` is a reply, too.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace repute::tool {

/// Why a server could not be asked: a sentence naming the socket.
struct control_failure {
  bool nobody = false;  ///< no server runs on the directory; else it stopped answering
  std::string message;
};

/// A connection of its own for each object. One thread at a time.
class control_client {
 public:
  static constexpr std::chrono::seconds patience{10};        ///< for each reply
  static constexpr std::size_t reply_bytes_max = 16u << 20;  ///< a longer line is a failure

  [[nodiscard]] static std::variant<control_client, control_failure> connect(const std::string& db);
  ~control_client();
  control_client(control_client&& other) noexcept;
  control_client& operator=(control_client&&) = delete;

  /// Sends one line (without its line feed) and returns the line that answers it.
  [[nodiscard]] std::variant<std::string, control_failure> ask(std::string_view line);

 private:
  control_client(int fd, std::string path) noexcept : fd_(fd), path_(std::move(path)) {}

  int fd_;
  std::string path_;
};

/// The generation in a server's reply to `status`; 0 if it names none, nothing if it is no JSON.
/// Pure.
[[nodiscard]] std::optional<std::uint32_t> generation_in(std::string_view status_reply);

/// Generation that the server on `db` serves now; nothing if none runs or it has no snapshot yet.
[[nodiscard]] std::optional<std::uint32_t> served_generation(const std::string& db);

/// Waits until the server on `db` serves `generation`, at most for `limit`. False otherwise, also
/// if no server runs all that time, and `problem` says what was found instead.
[[nodiscard]] bool wait_until_served(const std::string& db, std::uint32_t generation,
                                     std::chrono::milliseconds limit, std::string& problem);
inline constexpr std::chrono::seconds wait_limit{30};  ///< of every --wait

}  // namespace repute::tool
