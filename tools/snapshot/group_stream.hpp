// SPDX-License-Identifier: Apache-2.0
// The records of a snapshot in groups: all rows of all feeds for one key (and prefix length).
#pragma once

#include "store/block_cursor.hpp"
#include "store/record.hpp"
#include "store/snapshot_reader.hpp"

namespace repute::snapshot {

/// Gives groups in the order of the snapshot, with one block unpacked at a time, and lets whole
/// blocks be skipped between them. Outlived by its reader; one thread at a time.
class group_stream {
 public:
  [[nodiscard]] static store::result<group_stream> open(const store::snapshot_reader& reader);

  [[nodiscard]] bool at_end() const noexcept { return at_block() && blocks_.at_end(); }

  /// Position of the next group. Not at the end.
  [[nodiscard]] store::record_position position() const noexcept;

  /// Replaces `rows` by those of the next group. Not at the end.
  [[nodiscard]] store::result<void> take(store::record_set& rows);

  /// True if no unpacked row is left, so that the next group begins with a block.
  [[nodiscard]] bool at_block() const noexcept { return next_ == rows_.size(); }

  /// The packed block that comes next. At a block, not at the end.
  [[nodiscard]] byte_view block() const noexcept { return blocks_.block(); }

  /// True if the block's last group goes on in the block after it. At a block, not at the end.
  [[nodiscard]] bool group_outlasts(const store::record_position& last) const noexcept {
    return blocks_.after() == last;
  }

  /// Goes past the packed block. At a block, not at the end.
  [[nodiscard]] store::result<void> skip_block() { return blocks_.advance(); }

 private:
  group_stream(store::block_cursor blocks, std::string path) noexcept
      : blocks_(std::move(blocks)), path_(std::move(path)) {}
  [[nodiscard]] store::result<void> unpack();

  store::block_cursor blocks_;
  std::string path_;
  store::record_set rows_;  ///< of the unpacked block
  std::size_t next_ = 0;
};

}  // namespace repute::snapshot
