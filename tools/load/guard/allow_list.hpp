// SPDX-License-Identifier: Apache-2.0
// Allow lists: hosts and networks that no feed may list.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "load/row.hpp"
#include "repute/canon/canon.hpp"

namespace repute::load {

/// A name in its canonical form, or a network.
struct list_entry {
  std::string name;         ///< empty: `network` is set
  bool with_below = false;  ///< all names under it, too
  std::optional<canon::ip_prefix> network;
  std::uint32_t line = 0;  ///< the first line is 1
};

struct allow_list {
  std::vector<list_entry> entries;
  std::vector<format_problem> problems;  ///< the first few; if there is one, use nothing
};

/// Longest allow list taken, in bytes.
inline constexpr std::size_t allow_list_bytes_max = std::size_t{64} << 20;

/// Reads an address or network, or else a name. A sentence says why it is neither.
[[nodiscard]] std::variant<list_entry, std::string> read_list_entry(
    std::string_view text, const canon::canonicalizer& canon);

/// Reads a list of one name, address or network a line (comments and blanks as in the feed format
/// `list`), or, if its first character is `{`, a MISP warninglist of the type string, hostname or
/// cidr. A name of the type hostname stands for all names under it as well. Pure; linear in the
/// text.
[[nodiscard]] allow_list read_allow_list(std::string_view text, const canon::canonicalizer& canon);

}  // namespace repute::load
