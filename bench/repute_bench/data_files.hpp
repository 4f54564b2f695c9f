// SPDX-License-Identifier: Apache-2.0
// The made-up records in the forms that other servers load.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string_view>

namespace repute::bench {

/// Writes records 0 .. records - 1 to `to` in the form of this word: `dnset`, `ip4` (rbldnsd),
/// `zone` (a DNS zone file), `redis` and `fuzzy-redis` (commands for `redis-cli --pipe`),
/// `memcached` (commands), `digests` (64 bytes each, one behind the other). False for other words.
[[nodiscard]] bool write_data(std::string_view word, std::uint64_t records, std::FILE* to);

}  // namespace repute::bench
