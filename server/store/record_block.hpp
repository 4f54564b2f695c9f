// SPDX-License-Identifier: Apache-2.0
// Blocks of records: columns, compressed; the page is schema/record_format.md. Where a block ends
// follows from its rows alone, so that equal stretches of two snapshots are equal blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "repute/schema/bytes.hpp"
#include "repute/seal/digest.hpp"
#include "store/record.hpp"

namespace repute::store {

inline constexpr std::size_t block_rows_max = 4096;
/// A block is closed when its texts reach this; with one row more it stays below the maximum.
inline constexpr std::size_t block_text_goal = 60 * 1024;
inline constexpr std::size_t block_text_max = 96 * 1024;  ///< most that a decoder accepts

inline constexpr std::size_t block_key_size = 1 + fingerprint_size + 1 + 4;
using block_key = std::array<std::uint8_t, block_key_size>;

/// LMDB key of a block: kind, key, prefix length of its first record, block number (big-endian), so
/// that blocks sort as their records do.
[[nodiscard]] block_key make_block_key(kind kind, const fingerprint& key,
                                       std::uint8_t prefix_length, std::uint32_t number) noexcept;

/// Where a record stands in the order of a snapshot; records of all feeds for one key (and prefix
/// length) share a position.
struct record_position {
  repute::kind kind{};
  fingerprint key{};
  std::uint8_t prefix_length = 0;

  auto operator<=>(const record_position&) const = default;
};
[[nodiscard]] inline record_position position_of(const record& of) noexcept {
  return {of.kind, of.key, of.prefix_length};
}
/// Position of a block's first record; `name` is a block_key.
[[nodiscard]] record_position position_of(const block_key& name) noexcept;

/// Tells where blocks end. Sees every record once, in order.
class block_cutter {
 public:
  /// True if the next record begins a block: the first record, another kind, a full block, or a new
  /// key that the content marks (one key in 256). `text_bytes` are those of text and reason.
  [[nodiscard]] bool begins_block(kind kind, const fingerprint& key, std::uint8_t prefix_length,
                                  std::size_t text_bytes) noexcept;
  [[nodiscard]] bool begins_block(const record& next) noexcept {
    return begins_block(next.kind, next.key, next.prefix_length,
                        next.text.size() + next.reason.size());
  }

 private:
  bool empty_ = true;
  kind kind_{};
  fingerprint key_{};
  std::uint8_t prefix_length_ = 0;
  std::size_t rows_ = 0;
  std::size_t text_bytes_ = 0;
};

/// The block of `rows`: of one kind, 1 to block_rows_max. Thread-safe.
[[nodiscard]] std::vector<std::uint8_t> encode_block(std::span<const record> rows);

/// What can be read of a block without unpacking it.
struct block_summary {
  repute::kind kind{};
  std::uint32_t rows = 0;
  seal::sha256_digest content{};  ///< of everything but files and lines
  record_position last;           ///< of its last record
};
[[nodiscard]] std::optional<block_summary> read_block_summary(byte_view block) noexcept;

/// Adds the records of a block to `into`. Pure. False, and nothing of use added, if the block is
/// cut short, larger than its bounds or holds a value out of its range.
[[nodiscard]] bool decode_block(byte_view block, record_set& into);

/// True if the two blocks hold the same rows, files and lines aside, when feed number f of `a`
/// means number `feeds[f]` of `b`; numbers must grow with their names in both. Unpacks nothing.
/// False for damaged blocks.
[[nodiscard]] bool same_rows(byte_view a, byte_view b, std::span<const std::uint16_t> feeds);

/// True if the digest of content that a block carries is that of its rows.
[[nodiscard]] bool content_matches(byte_view block);

}  // namespace repute::store
