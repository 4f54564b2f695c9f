// SPDX-License-Identifier: Apache-2.0
// Commands of the control socket about what is said at run time: from a line to its reply.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "control/control_request.hpp"
#include "store/serving_store.hpp"

namespace repute::control {

struct live_reply {
  std::string line;
  bool published = false;  ///< a reclaim() of the store is due
};

/// Answers one of put, del, override_add, override_del, list, entry and fold. Errors are
/// `{"error":"...","code":N}` with an exit code of sysexits. Replies are at most 512 KiB.
///
///   put, del, ...  `{"seq":N,"changes":[{"was_in_force":true,"now":ANSWER}]}`, after the commit
///   list           `{"entries":[ENTRY],"next":"HEX" or null}`
///   entry          `{"keys":[{"override":ENTRY or null,"live":ENTRY or null,"now":ANSWER}]}`
///   fold           `{"file":"fold-N","seq":N}`
///
/// ANSWER is null before the first snapshot, else `{"status","verdict","score","category","ttl",
/// "override"}`; ENTRY has the fields of a change, and `layer`, `action`, `seq` and `time`.
[[nodiscard]] live_reply answer_live_command(command command, std::string_view line,
                                             store::serving_store& live, std::uint64_t now_unix_s,
                                             std::array<std::uint8_t, 2> salt_fp);

}  // namespace repute::control
