// SPDX-License-Identifier: Apache-2.0
// Asks the reputed of a directory what was said at run time about keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/live_entry.hpp"
#include "store/record_block.hpp"

namespace repute::tool {

/// What the server knows; nothing, and a sentence in `note`, if it cannot say. No server is no
/// note: then the snapshot answers alone.
[[nodiscard]] std::optional<std::vector<store::live_entry>> ask_live_words(
    const std::string& db, const std::vector<store::record_position>& keys, std::string& note);

/// Adds the entries of a reply to `entry`. False, and a sentence in `note`, if it is no such reply.
/// Pure.
[[nodiscard]] bool read_live_words(std::string_view reply, std::vector<store::live_entry>& into,
                                   std::string& note);

}  // namespace repute::tool
