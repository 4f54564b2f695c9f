// SPDX-License-Identifier: Apache-2.0
// A servers.toml without problems gives entries that a list may hold, but for their number and
// repetition.
#include <cstdlib>

#include "servers_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute;
  std::vector<std::string> problems;
  const auto read =
      tool::read_servers_text({reinterpret_cast<const char*>(data), size}, "f", problems);
  for (const auto& server : problems.empty() ? read.servers : std::vector<seal::server_entry>()) {
    if (seal::problem_of({.version = 1, .data_epoch = 0, .servers = {server}})) {
      std::abort();
    }
  }
  return 0;
}
