// SPDX-License-Identifier: Apache-2.0
// What an operator of repute-milter can choose; the file with every setting is
// ../../deploy/repute-milter.toml.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "repute/mail/status.hpp"

namespace repute::milter {

/// What is done with a message beside writing its header fields.
enum class action : std::uint8_t {
  tag,         ///< nothing more
  quarantine,  ///< the MTA holds it
  reject,      ///< the MTA refuses it with 550
};
[[nodiscard]] std::string_view word(action value) noexcept;

struct config {
  std::string socket = "inet:7062@127.0.0.1";  ///< as libmilter spells it
  std::vector<std::string> servers{"127.0.0.1:7060"};
  unsigned deadline_ms = 500;  ///< for a place among those looked at, and again for the answer
  std::string credentials;     ///< file; empty: plain text
  bool plain = false;          ///< to servers of other machines, too
  std::string salt;            ///< file; empty: of the credentials, else the public salt
  std::string policy;          ///< file; empty: the default
  std::string psl;             ///< file; empty: the list built into libpsl

  std::size_t message_bytes = std::size_t{32} << 20;  ///< kept of one message
  std::size_t memory_bytes = std::size_t{512} << 20;  ///< kept of all messages together
  unsigned concurrency = 64;                          ///< messages looked at at the same time

  std::array<action, mail::message_status_count> actions{};  ///< by mail::message_status
};

inline constexpr std::size_t config_bytes_max = std::size_t{1} << 20;

/// Reads the text of a configuration, in TOML. What is wrong is added to `problems` as
/// `path:line:col: sentence`, in the file's order; the result is to be used only if nothing was.
[[nodiscard]] config read_config(std::string_view text, std::string_view path,
                                 std::vector<std::string>& problems);

}  // namespace repute::milter
