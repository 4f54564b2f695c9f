// SPDX-License-Identifier: Apache-2.0
// What an operator can choose, and the file it is read from; the page is deploy/reputed.toml.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "net/datagram_io.hpp"
#include "net/socket_address.hpp"
#include "query/access_list.hpp"
#include "repute/seal/signature.hpp"
#include "store/snapshot.hpp"

namespace repute::control {

inline constexpr std::string_view default_listen = "127.0.0.1:7060";
inline constexpr int workers_max = 256;

struct config {
  std::filesystem::path database;
  std::vector<net::socket_address> listen;  ///< empty: default_listen
  int workers = 0;                          ///< threads for each address; 0: as many as cores
  store::storage_mode store = store::storage_mode::mmap;
  std::uint32_t server_id = 0;   ///< 0: random at start
  int receive_buffer = 1 << 20;  ///< bytes asked for, for each socket
  net::merging merging;          ///< merge_replies, merge_requests
  /// Who may ask in plain text.
  std::vector<query::network> plain_networks = query::loopback_networks();
  /// Work units a second of each address that asks so; 0: no limit. See plain_rate_of().
  std::optional<std::uint32_t> plain_rate;
  /// If there are any, only snapshots signed with one of them are served.
  std::vector<seal::public_key> trusted_keys;
};

/// Whether this machine alone may ask in plain text.
[[nodiscard]] bool is_plain_for_loopback_alone(const config& from);
/// The limit in force: plain_rate, else none for this machine alone and plain_rate_default for
/// others, since nobody knows who they are.
[[nodiscard]] std::uint32_t plain_rate_of(const config& from);
inline constexpr std::uint32_t plain_rate_default = 500'000;

/// A mistake in a configuration file. Lines and columns start at 1; line 0 means the whole file.
struct config_problem {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string message;
};

/// Reads `path` over `out`. Returns every mistake found, in the file's order; `out` is to be used
/// only if there are none. Throws nothing but std::bad_alloc. Files above 1 MiB are refused unread.
[[nodiscard]] std::vector<config_problem> read_config_file(const std::filesystem::path& path,
                                                           config& out);

/// `file:line:col: message`.
[[nodiscard]] std::string to_string(const std::filesystem::path& path,
                                    const config_problem& problem);

/// `mmap` or `memory`; false for other words.
[[nodiscard]] bool parse_storage_mode(std::string_view word, store::storage_mode& out) noexcept;
[[nodiscard]] std::string_view word(store::storage_mode mode) noexcept;

}  // namespace repute::control
