// SPDX-License-Identifier: Apache-2.0
// A line of the control socket of any bytes: a command or an error, never both, never neither.
#include <cstdint>
#include <string_view>

#include "control/control_request.hpp"
#include "control/live_request.hpp"
#include "fuzz/require.hpp"
#include "store/overlay_format.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line = text_of(data, size);
  using namespace repute::control;
  using namespace repute::store;
  const auto request = parse_control_request(line);
  require(request.command.has_value() == request.error.empty());
  constexpr std::uint64_t now_unix_s = 1'700'000'000;
  const auto changes = parse_changes(request.command.value_or(command::put), line, now_unix_s);
  if (const auto* good = std::get_if<changes_request>(&changes)) {
    // What the socket takes, the overlay can store and read back.
    for (live_entry change : good->changes) {
      change.seq = 1;
      live_entry back;
      require(decode_overlay_entry(encode_overlay_key(key_of(change)), encode_overlay_value(change),
                                   back));
      require(back == change);
    }
  }
  static_cast<void>(parse_list(line));
  static_cast<void>(parse_entry(line));
  return 0;
}
