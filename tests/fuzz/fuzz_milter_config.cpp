// SPDX-License-Identifier: Apache-2.0
// A configuration without problems has somebody to ask, and bounds that are bounds.
#include <cstdlib>

#include "config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> problems;
  const auto read =
      repute::milter::read_config({reinterpret_cast<const char*>(data), size}, "f", problems);
  const bool sound = !read.servers.empty() && read.deadline_ms >= 1 && read.concurrency >= 1 &&
                     read.message_bytes >= 65536 && read.memory_bytes >= 1048576 &&
                     !read.socket.empty();
  if (problems.empty() && !sound) {
    std::abort();
  }
  return 0;
}
