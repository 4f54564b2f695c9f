// SPDX-License-Identifier: Apache-2.0
// DIR/access: the allow list of clients; the page is ../../schema/sealed_mode.md, section 5.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/network.hpp"

namespace repute::access {

inline constexpr std::size_t clients_max = 65'536;
inline constexpr std::size_t clients_bytes_max = std::size_t{16} << 20;

/// One [[client]] of clients.toml.
struct client_entry {
  std::uint32_t id = 0;
  std::string name;
  std::uint8_t slot = 0;
  std::vector<query::network> networks;           ///< empty: from anywhere
  std::bitset<256> kinds;                         ///< that it may ask about
  std::uint32_t rate = 0;                         ///< work units a second; 0: no limit
  std::optional<std::uint64_t> not_after_unix_s;  ///< last second of that day, UTC
  bool revoked = false;
  std::uint32_t line = 0;  ///< of its [[client]]

  /// As written, for people.
  std::vector<std::string> network_words;
  std::vector<std::string> kind_words;  ///< empty: all
  std::string not_after;
};

/// Reads the text of a clients.toml. What is wrong is added to `problems` as `path:line:col:
/// sentence`, in the file's order; the result is to be used only if nothing was. Pure.
[[nodiscard]] std::vector<client_entry> read_clients(std::string_view text, std::string_view path,
                                                     std::vector<std::string>& problems);

/// A [[client]] as `repute keys client add` writes it. Reading it back gives the same, and reading
/// less than all of it gives a problem.
[[nodiscard]] std::string write_client(const client_entry& from);

/// `text`, which was read without problems, with a line `revoked = DAY` in the [[client]] that
/// begins at `line`.
[[nodiscard]] std::string revoke_client(std::string_view text, std::uint32_t line,
                                        std::string_view day);

}  // namespace repute::access
