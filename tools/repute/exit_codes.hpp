// SPDX-License-Identifier: Apache-2.0
// Exit codes of the repute command, as in sysexits.h.
#pragma once

namespace repute::tool {

inline constexpr int exit_ok = 0;
inline constexpr int exit_wrong = 1;  ///< asked and answered, but the answer is not as it should be
inline constexpr int exit_usage = 64;
inline constexpr int exit_data = 65;         ///< a key or a row is malformed
inline constexpr int exit_no_input = 66;     ///< a file cannot be read
inline constexpr int exit_no_host = 68;      ///< a server's name cannot be resolved
inline constexpr int exit_unavailable = 69;  ///< no answer
inline constexpr int exit_exists = 73;       ///< what would be made is there already
inline constexpr int exit_io = 74;           ///< standard input or output broke off
inline constexpr int exit_again = 75;        ///< not now: another writer, or no server in time
inline constexpr int exit_config = 78;       ///< a configuration file is wrong

}  // namespace repute::tool
