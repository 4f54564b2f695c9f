// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

#include "repute/seal/credentials.hpp"

namespace repute::bench {

/// Publishes a snapshot of `records` made-up keys (made_up_keys.hpp) in the empty or new folder
/// `db`, under the public salt: no rows of feeds, no networks, eight different verdicts. Needs
/// about 45 bytes of memory and 16 of disk a key. Throws std::runtime_error.
void make_database(const std::filesystem::path& db, std::uint64_t records,
                   const std::function<void(std::string_view stage, double done)>& progress);

/// Lets one client in there, and nobody else, with new keys. Throws std::runtime_error.
[[nodiscard]] seal::credentials let_client_in(const std::filesystem::path& db);

}  // namespace repute::bench
