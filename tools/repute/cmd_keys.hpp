// SPDX-License-Identifier: Apache-2.0
// `repute keys`: key pairs that sign snapshots and lists of servers.
#pragma once

#include <optional>
#include <string>

#include "repute/seal/signature.hpp"

namespace repute::tool {

/// `repute keys sign-key FILE`: makes a secret key file and prints its public key. Returns 0, or 73
/// with the reason on standard error: the file is there already, or cannot be written.
[[nodiscard]] int cmd_keys_init(const std::string& file);

/// `repute keys show FILE`: prints the public key. Returns 0, 65 for a file that is no secret key,
/// 66 if it cannot be read, 77 if others may read it.
[[nodiscard]] int cmd_keys_show(const std::string& file);

/// The key pair of a file for another command; without one the exit code is set and the reason is
/// on standard error, after `who`.
[[nodiscard]] std::optional<seal::signing_key> read_signing_key(const std::string& who,
                                                                const std::string& file,
                                                                int& exit_code);

}  // namespace repute::tool
