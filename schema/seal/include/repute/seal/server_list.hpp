// SPDX-License-Identifier: Apache-2.0
// The signed list of a deployment's servers, as FETCH and PART carry it; the page is
// ../../../../signatures.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "repute/seal/signature.hpp"

namespace repute::seal {

inline constexpr std::size_t server_list_bytes_max = std::size_t{64} << 10;  ///< of the document
inline constexpr std::size_t server_list_entries_max = 1024;
inline constexpr std::uint32_t server_bias_us_max = 10'000'000;

struct server_entry {
  std::string address;  ///< IPv4 or IPv6 address without brackets, or a name in lower case
  std::uint16_t port = 0;
  std::uint32_t bias_us = 0;  ///< added to the measured cost of this server, microseconds

  bool operator==(const server_entry&) const = default;
};

struct server_list {
  std::uint32_t version = 0;     ///< at least 1; clients take only a greater one than they have
  std::uint32_t data_epoch = 0;  ///< of the deployment that the list belongs to
  std::vector<server_entry> servers;

  bool operator==(const server_list&) const = default;
};

/// A list with the claim of who signed it. decode_server_list() does not check the claim.
struct signed_server_list {
  server_list list;
  signed_by by;

  bool operator==(const signed_server_list&) const = default;
};

/// What keeps `list` from being signed, as a sentence: no entries or too many, a server twice, an
/// address or name that is none, a number out of its bounds. Nothing if it is well.
[[nodiscard]] std::optional<std::string> problem_of(const server_list& list);

/// The signed document. `list` has no problem_of(). Nothing if it would be longer than 64 KiB.
[[nodiscard]] std::optional<std::string> sign_server_list(const server_list& list,
                                                          const signing_key& key);

/// Pure and strict: nothing, and `problem` says why and in which line, unless `text` is the one
/// document with that content.
[[nodiscard]] std::optional<signed_server_list> decode_server_list(std::string_view text,
                                                                   std::string& problem);

/// True if `text`, from which decode_server_list() gave `from`, is signed by the key that it names.
[[nodiscard]] bool verify_server_list(std::string_view text, const signed_server_list& from);

}  // namespace repute::seal
