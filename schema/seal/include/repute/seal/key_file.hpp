// SPDX-License-Identifier: Apache-2.0
// Secret keys that sign, on disk; the page is ../../../../signatures.md.
#pragma once

#include <string>
#include <variant>

#include "repute/seal/secret_file.hpp"
#include "repute/seal/signature.hpp"

namespace repute::seal {

/// Writes a secret key file; see write_secret_file().
[[nodiscard]] std::variant<std::monostate, secret_file_failure> write_key_file(
    const std::string& path, const signing_key& key);

/// Reads a secret key file; see read_secret_file().
[[nodiscard]] std::variant<signing_key, secret_file_failure> read_key_file(const std::string& path);

}  // namespace repute::seal
