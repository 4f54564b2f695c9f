// SPDX-License-Identifier: Apache-2.0
// Changes at run time on their way to the server of a database directory, in batches.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "control_client.hpp"
#include "live_keys.hpp"
#include "repute/schema/verdict.hpp"

namespace repute::tool {

/// What all keys of one command get.
struct change_words {
  const char* command = "put";  ///< of the control socket: put, del, override_add, override_del
  repute::verdict verdict{};    ///< of a removal nothing
  std::int16_t score = 0;
  std::uint64_t expires_unix_s = 0;  ///< 0 = never
  std::string who;
  std::string reason;
  [[nodiscard]] bool is_removal() const noexcept {
    return std::string_view(command).ends_with("del");
  }
};

/// Who runs the command: the login name, else `uid N`.
[[nodiscard]] std::string login_name();
/// When an entry ends that is to last for `text`, a time such as 90s, 15m, 24h, 30d from now on, or
/// `never` (0). Nothing for another text.
[[nodiscard]] std::optional<std::uint64_t> expiry_of(std::string_view text);
inline constexpr const char* wrong_expiry =
    "--expires is a time such as 90s, 15m, 24h, 30d, or never";

/// What servers answer about a key from now on. Before the first snapshot there is no status.
struct changed_key {
  named_key of;
  std::uint64_t seq = 0;      ///< number of the batch's last change
  bool was_in_force = false;  ///< something of its layer was, before
  std::string status;         ///< `listed`, `not_listed`; empty: no snapshot is served yet
  std::string verdict;
  std::int64_t score = 0;
  std::uint64_t ttl_s = 0;
  bool override = false;
};

/// Why a batch was not made: a sentence and an exit code.
struct change_failure {
  int exit_code = 0;
  std::string message;
};

/// Sends changes when a line of the control socket is full of them. One thread at a time.
class change_batch {
 public:
  using listener = std::function<void(const changed_key&)>;

  using refusal_listener = std::function<void(const std::string& sentence)>;

  /// `done` is called for each key once its change is on disk and in force, `refused` for each that
  /// the server does not take: that stops no other.
  change_batch(control_client server, std::string salt_fp, change_words words, listener done,
               refusal_listener refused);

  [[nodiscard]] std::variant<std::monostate, change_failure> add(const named_key& key);
  /// Sends what waits.
  [[nodiscard]] std::variant<std::monostate, change_failure> flush();
  [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }

 private:
  [[nodiscard]] std::string entry_json(const named_key& key) const;
  [[nodiscard]] std::variant<std::monostate, change_failure> send(
      const std::vector<named_key>& keys, const std::string& entries);

  control_client server_;
  std::string salt_fp_;
  change_words words_;
  listener done_;
  refusal_listener refused_;
  std::vector<named_key> waiting_;
  std::string entries_;
};

/// The exit code, never 0, and sentence in a reply that is an error; nothing if it is none.
/// `{"error":...}`.
[[nodiscard]] std::optional<change_failure> error_in(const std::string& reply);

/// What a server's reply says became of the keys that were sent, in their order. Pure.
[[nodiscard]] std::variant<std::vector<changed_key>, change_failure> read_changes(
    const std::string& reply, std::span<const named_key> sent);

}  // namespace repute::tool
