// SPDX-License-Identifier: Apache-2.0
// Flat hash table of one-line buckets, probed in place; the page is schema/record_format.md.
// A line has six (or five) 64-bit tags, as many dictionary indices and 32 overflow bits. A key has
// two lines to live in; a miss leaves its first line only if the overflow bit of its own tag is set
// there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "repute/schema/bytes.hpp"
#include "repute/schema/key.hpp"
#include "store/scale.hpp"

namespace repute::store {

/// Where a key lives and how it is told from others: bytes 0..7 and 8..15 of its fingerprint.
struct table_key {
  std::uint64_t place = 0;
  std::uint64_t tag = 1;  ///< never 0, which marks an empty slot

  auto operator<=>(const table_key&) const = default;
};

[[nodiscard]] table_key table_key_of(const std::uint8_t* fingerprint) noexcept;

/// Table key of a raw address: XXH3-128 of kind and address under the snapshot's seed.
[[nodiscard]] table_key table_key_of_address(kind kind, byte_view address,
                                             std::uint64_t ip_seed) noexcept;

/// Persistent numbers.
enum class table_layout : std::uint32_t {
  six_slots_16 = 1,   ///< up to 65 535 dictionary entries, load 0.70, 15.2 bytes a key
  five_slots_32 = 2,  ///< more dictionary entries, load 0.65, 19.7 bytes a key
};

inline constexpr std::size_t line_size = 64;
inline constexpr std::uint64_t lines_per_shard = 1u << 23;  ///< 512 MiB in one LMDB value
inline constexpr std::size_t shards_max = 128;              ///< 64 GiB, 4.5 * 10^9 keys

/// Lines for `keys` keys at the layout's load, at least 2.
[[nodiscard]] std::uint64_t lines_for(std::uint64_t keys, table_layout layout) noexcept;

/// Read-only view of a table in memory that somebody else owns. Thread-safe.
class exact_table {
 public:
  exact_table() = default;
  /// `shards` are 64-byte aligned and hold `lines` lines together, all but the last full.
  exact_table(std::span<const std::uint8_t* const> shards, std::uint64_t lines,
              table_layout layout) noexcept;

  [[nodiscard]] std::uint64_t lines() const noexcept { return lines_; }
  [[nodiscard]] table_layout layout() const noexcept { return layout_; }

  void prefetch(table_key key) const noexcept { __builtin_prefetch(line(first_line(key))); }

  /// Dictionary index of a key, 0 if it is absent. At most two lines are read.
  [[nodiscard]] std::uint32_t find(table_key key) const noexcept;
  /// out[i] = find(keys[i]), any number of them, with lines fetched side by side. Both have the
  /// same size.
  void find(std::span<const table_key> keys, std::span<std::uint32_t> out) const noexcept;

 private:
  friend class table_builder;

  [[nodiscard]] const std::uint8_t* line(std::uint64_t index) const noexcept {
    return shards_[index / lines_per_shard] + index % lines_per_shard * line_size;
  }
  [[nodiscard]] std::uint64_t first_line(table_key key) const noexcept {
    return scale(key.place, lines_);
  }
  template <table_layout Layout>
  void find_all(std::span<const table_key> keys, std::span<std::uint32_t> out) const noexcept;
  [[nodiscard]] std::uint64_t second_line(std::uint64_t first, table_key key) const noexcept;

  std::array<const std::uint8_t*, shards_max> shards_{};
  std::uint64_t lines_ = 0;
  table_layout layout_ = table_layout::six_slots_16;
};

/// Fills a table. The same keys inserted in the same order give the same bytes.
class table_builder {
 public:
  enum class outcome {
    placed,
    duplicate,  ///< an equal tag in the same pair of lines: a second key or a collision
    full,       ///< no room after 5000 moves: the table is too small
  };

  /// `shards` are writable, 64-byte aligned, zeroed and stay valid.
  table_builder(std::span<std::uint8_t* const> shards, std::uint64_t lines,
                table_layout layout) noexcept;

  /// Asks the memory for both lines of a key that is inserted soon.
  void prefetch(table_key key) const noexcept;

  /// `index` is 1 .. 65535 or 1 .. 2^32-1 by layout.
  [[nodiscard]] outcome insert(table_key key, std::uint32_t index) noexcept;

 private:
  [[nodiscard]] std::uint8_t* writable(std::uint64_t line) noexcept;
  [[nodiscard]] bool put_if_room(std::uint64_t line, std::uint64_t tag,
                                 std::uint32_t index) noexcept;
  [[nodiscard]] outcome move_others(std::uint64_t line, std::uint64_t tag,
                                    std::uint32_t index) noexcept;

  exact_table view_;
};

}  // namespace repute::store
