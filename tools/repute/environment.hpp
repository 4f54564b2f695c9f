// SPDX-License-Identifier: Apache-2.0
// What commands take from their surroundings when an option does not say it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "repute/client/types.hpp"
#include "repute/seal/fingerprint.hpp"

namespace repute::tool {

/// Where and how to ask: the options that lookup and ping share.
struct connection_options {
  std::vector<std::string> servers;  ///< empty: REPUTE_SERVER, else 127.0.0.1:7060
  unsigned deadline_ms = 500;
  std::string salt_file;    ///< empty: of the credentials, else of REPUTE_DB, else the public salt
  std::string credentials;  ///< empty: REPUTE_CREDENTIALS, else plain text
  bool plain = false;       ///< to servers of other machines, too
};

/// The database directory: `option`, else REPUTE_DB; nothing if neither says one.
[[nodiscard]] std::optional<std::string> database_of(const std::string& option);
inline constexpr const char* no_database = "no database: give --db DIR or set REPUTE_DB";

/// Each element may hold several servers, separated by commas or blanks.
[[nodiscard]] std::vector<std::string> servers_of(const connection_options& options);

/// The credentials file, empty for plain text.
[[nodiscard]] std::string credentials_of(const connection_options& options);

/// Nothing, a sentence in `problem` and an exit code, if the file that has the salt cannot be used.
[[nodiscard]] std::optional<seal::deployment_salt> salt_of(const connection_options& options,
                                                           std::string& problem, int& exit_code);

/// Client options for these servers. `salt`: answers made under another one are errors.
[[nodiscard]] client_options client_options_of(const connection_options& options,
                                               const seal::deployment_salt& salt);

/// Exit code for a client that could not be made, after one sentence on standard error.
[[nodiscard]] int report_start_failure(const std::exception& failure);

}  // namespace repute::tool
