// SPDX-License-Identifier: Apache-2.0
// Private to the loader: when a load is, and whose data it makes.
#pragma once

#include <cstdint>
#include <string>

#include "repute/seal/fingerprint.hpp"

namespace repute::load {

/// Unix seconds: now, or SOURCE_DATE_EPOCH if that is set. Throws load_error if it is no time.
[[nodiscard]] std::uint64_t time_of_load();

/// Random, so that two deployments never share an epoch; fixed where a reproducible file is asked
/// for. Throws load_error.
[[nodiscard]] std::uint32_t new_epoch(const seal::deployment_salt& salt);

/// The salt of a database directory. Throws load_error.
[[nodiscard]] seal::deployment_salt salt_of(const std::string& db);

}  // namespace repute::load
