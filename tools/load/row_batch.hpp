// SPDX-License-Identifier: Apache-2.0
// Sorted rows cut into batches of whole blocks, with the keys that end in them.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "load/row_pile.hpp"
#include "store/record_block.hpp"
#include "store/snapshot_writer.hpp"

namespace repute::load {

/// All that the rows of one key say.
struct key_rows {
  static constexpr std::uint32_t in_batch_before = 0xffffffff;

  std::uint32_t first_row = 0;    ///< in row_batch::rows, or in_batch_before
  std::uint32_t first_claim = 0;  ///< in row_batch::claims, up to the next key's
};

struct row_batch {
  std::vector<stored_row> rows;
  std::vector<std::uint32_t> block_ends;  ///< one for each block, in rows
  std::vector<key_rows> keys;
  stored_row row_before;  ///< the first row of the first key, if it was in the batch before
  std::vector<std::uint32_t> claims;  ///< attributes of the rows of a key, without repetitions
  text_arena texts;                   ///< of rows that would go away

  // What workers make of it.
  std::vector<std::vector<std::uint8_t>> blocks;
  std::vector<store::resolved_verdict> verdicts;  ///< distinct within the batch, nearly
  std::vector<store::resolved_key> resolved;      ///< verdict: an index into verdicts

  /// A row of a key, whose text tells the canonical form.
  [[nodiscard]] const stored_row& row_of(const key_rows& key) const noexcept {
    return key.first_row == key_rows::in_batch_before ? row_before : rows[key.first_row];
  }
  [[nodiscard]] std::span<const std::uint32_t> claims_of(std::size_t key) const noexcept {
    const std::size_t end = key + 1 < keys.size() ? keys[key + 1].first_claim : claims.size();
    return std::span(claims).subspan(keys[key].first_claim, end - keys[key].first_claim);
  }
};

/// Reads all rows and hands out batches, on the calling thread. A batch ends where a block does; a
/// key whose rows go on behind it is in the batch where they end.
class row_batcher {
 public:
  using consumer = std::function<void(row_batch)>;

  row_batcher(const row_pile& rows, consumer take) : rows_(rows), take_(std::move(take)) {}
  void run();

 private:
  void add(const stored_row& row);
  void end_key();
  void end_batch();

  const row_pile& rows_;
  consumer take_;
  store::block_cutter cutter_;
  row_batch batch_;
  bool any_ = false;
  stored_row first_;                   // of the present key
  std::uint32_t first_row_ = 0;        // its place in the batch
  std::vector<std::uint32_t> claims_;  // of the present key
};

}  // namespace repute::load
