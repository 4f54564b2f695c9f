// SPDX-License-Identifier: Apache-2.0
// reputed.toml of any bytes: either mistakes are told, or every setting keeps its bounds.
#include <cstdint>
#include <string_view>

#include "control/config.hpp"
#include "fuzz/require.hpp"
#include "support/temporary_directory.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute;
  static const test::temporary_directory folder;
  const auto path = folder.write("reputed.toml", text_of(data, size));
  control::config config;
  if (!control::read_config_file(path, config).empty()) {
    return 0;
  }
  require(config.workers >= 0 && config.workers <= control::workers_max);
  require(config.receive_buffer > 0);
  return 0;
}
