// SPDX-License-Identifier: Apache-2.0
// Secret keys on disk; the page is ../../../../signatures.md.
#pragma once

#include <string>
#include <variant>

#include "repute/seal/signature.hpp"

namespace repute::seal {

/// What is wrong with a secret key file; the exit code that tools give for it.
enum class key_file_error {
  unreadable,  ///< there is none, or it cannot be read: exit 66
  exposed,     ///< others than its owner may read or write it: exit 77
  malformed,   ///< not a secret key, or damaged: exit 65
  exists,      ///< a new key would overwrite a file: exit 73
  unwritable,  ///< it cannot be made, or not be written wholly: exit 73
};

struct key_file_failure {
  key_file_error code{};
  std::string message;  ///< one sentence that names the file and shows no byte of it
};

/// Exit code (sysexits) of an error.
[[nodiscard]] int exit_code(key_file_error code) noexcept;

/// Writes a secret key file of mode 0600 and syncs it. Never overwrites anything; a file that could
/// not be written wholly is removed.
[[nodiscard]] std::variant<std::monostate, key_file_failure> write_key_file(const std::string& path,
                                                                            const signing_key& key);

/// Reads a secret key file. One that its group or others may read or write is refused, since it
/// is no secret any more.
[[nodiscard]] std::variant<signing_key, key_file_failure> read_key_file(const std::string& path);

}  // namespace repute::seal
