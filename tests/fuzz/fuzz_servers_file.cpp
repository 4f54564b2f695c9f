// SPDX-License-Identifier: Apache-2.0
// A servers.toml without problems gives entries that a list may hold, but for their number and
// repetition.

#include "fuzz/require.hpp"
#include "servers_file.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute;
  std::vector<std::string> problems;
  const auto read = tool::read_servers_text(text_of(data, size), "f", problems);
  for (const auto& server : problems.empty() ? read.servers : std::vector<seal::server_entry>()) {
    require(!seal::problem_of({.version = 1, .data_epoch = 0, .servers = {server}}));
  }
  return 0;
}
