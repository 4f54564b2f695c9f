// SPDX-License-Identifier: Apache-2.0
// The parts of a snapshot as bytes in memory, before they go into a file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/meta.hpp"
#include "store/record_block.hpp"
#include "store/snapshot_writer.hpp"

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

/// A block of records and its name in LMDB.
struct keyed_block {
  block_key key{};
  std::vector<std::uint8_t> bytes;
};

struct snapshot_image {
  snapshot_meta meta;  ///< generation, epoch and time unset; content_digest set
  std::vector<aligned_bytes> table;
  /// Small parts by name: feeds, dictionary, sources, prefix4, prefix6, live.
  /// Payloads.
  std::vector<std::pair<std::string, std::vector<std::uint8_t>>> parts;
  std::vector<keyed_block> blocks;  ///< of all records, in order
  /// Dictionary index of content.keys[i], for the check of the written file.
  std::vector<std::uint32_t> indices;
};

/// Sorts `content` and lays it out. Deterministic: rows in any order give the same bytes.
/// bad_rows: two keys that the table cannot tell apart, or more than it can hold.
[[nodiscard]] result<snapshot_image> make_image(snapshot_content& content,
                                                const progress_callback& progress);

}  // namespace repute::store
