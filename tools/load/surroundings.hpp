// SPDX-License-Identifier: Apache-2.0
// Private to the loader: what a load takes from its surroundings. All throw load_error.
#pragma once

#include <cstdint>
#include <string>

#include "repute/canon/canon.hpp"
#include "repute/seal/fingerprint.hpp"

namespace repute::load {

/// Now, or SOURCE_DATE_EPOCH if it is set; Unix seconds.
[[nodiscard]] std::uint64_t time_of_load();

/// Random, so that two deployments never share an epoch; with SOURCE_DATE_EPOCH it follows from the
/// salt, for files that can be made again.
[[nodiscard]] std::uint32_t new_epoch(const seal::deployment_salt& salt);

[[nodiscard]] seal::deployment_salt salt_of(const std::string& db);

[[nodiscard]] canon::canonicalizer open_canonicalizer(const std::string& psl_file);

}  // namespace repute::load
