// SPDX-License-Identifier: Apache-2.0
// The parts of a snapshot as bytes in memory, before they go into a file.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "repute/seal/digest.hpp"
#include "store/meta.hpp"
#include "store/snapshot_writer.hpp"
#include "store/table_keys.hpp"

namespace repute::store {

/// Zeroed memory that begins on a cache line.
class aligned_bytes {
 public:
  explicit aligned_bytes(std::size_t size);
  [[nodiscard]] std::uint8_t* data() const noexcept { return data_.get(); }
  [[nodiscard]] byte_view bytes() const noexcept { return {data_.get(), size_}; }

 private:
  struct release {
    void operator()(std::uint8_t* at) const noexcept;
  };
  std::unique_ptr<std::uint8_t, release> data_;
  std::size_t size_;
};

struct snapshot_image {
  snapshot_meta meta;  ///< generation, epoch and time unset; content_digest set
  std::vector<aligned_bytes> table;
  /// Small parts by name: feeds, dictionary, sources, prefix4, prefix6, live.
  /// Payloads.
  std::vector<std::pair<std::string, std::vector<std::uint8_t>>> parts;
  /// Dictionary index of the verdict of frame.verdicts[i], for the check of the written file; 0 for
  /// those that no key has.
  std::vector<std::uint32_t> indices;
};

/// The records that go with an image: how many, and the content digests of their blocks in order.
struct block_summaries {
  std::uint64_t records = 0;
  std::vector<seal::sha256_digest> contents;
};

/// Sorts `keys` and lays everything out, on `threads` threads. Deterministic: keys in any order
/// give the same bytes. bad_rows: two keys that the table cannot tell apart, or more than it can
/// hold.
[[nodiscard]] result<snapshot_image> make_image(const snapshot_frame& frame, table_keys& keys,
                                                const block_summaries& blocks, unsigned threads,
                                                const progress_callback& progress);

}  // namespace repute::store
