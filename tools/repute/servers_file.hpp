// SPDX-License-Identifier: Apache-2.0
// servers.toml: the list of servers as an administrator writes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "repute/seal/server_list.hpp"

namespace repute::tool {

struct servers_file {
  std::optional<std::uint32_t> version;
  std::optional<std::uint32_t> data_epoch;
  std::vector<seal::server_entry> servers;
};

/// Reads the text of a servers.toml; `path` is for messages. Every mistake goes to `problems` as
/// `path:line:column: what`, in the file's order; the result is to be used only if there are none.
/// Texts above 1 MiB or with more than 64 brackets in a line are refused.
[[nodiscard]] servers_file read_servers_text(std::string_view text, std::string_view path,
                                             std::vector<std::string>& problems);

}  // namespace repute::tool
