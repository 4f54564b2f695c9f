// SPDX-License-Identifier: Apache-2.0
// Records as bytes and as compressed blocks; the page is schema/record_format.md.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "repute/schema/bytes.hpp"
#include "store/byte_cursor.hpp"
#include "store/record.hpp"

namespace repute::store {

/// Bytes of uncompressed records in a block before it is closed, and the most a decoder accepts.
inline constexpr std::size_t block_size_goal = 32 * 1024;
inline constexpr std::size_t block_size_max = 64 * 1024;

inline constexpr std::size_t block_key_size = 1 + fingerprint_size + 1 + 4;
using block_key = std::array<std::uint8_t, block_key_size>;

/// LMDB key of a block: kind, key, prefix length of its first record, block number (big-endian), so
/// that blocks sort as their records do.
[[nodiscard]] block_key make_block_key(kind kind, const fingerprint& key,
                                       std::uint8_t prefix_length, std::uint32_t number) noexcept;

void encode_record(const record& from, byte_writer& out);
/// Pure. Texts point into the reader's bytes. False: cut short, or a value out of its range.
[[nodiscard]] bool decode_record(byte_reader& in, record& out) noexcept;

/// One zstd frame that states its size.
[[nodiscard]] std::vector<std::uint8_t> compress_block(byte_view raw);
/// Nothing if it is no such frame or would be larger than block_size_max.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> decompress_block(byte_view compressed);

}  // namespace repute::store
