// SPDX-License-Identifier: Apache-2.0
#include "snapshot/group_stream.hpp"

#include <cassert>

namespace repute::snapshot {

using store::failure;
using store::result;
using store::store_error;

result<group_stream> group_stream::open(const store::snapshot_reader& reader) {
  auto blocks = reader.blocks();
  if (!blocks) {
    return blocks.error();
  }
  return group_stream(std::move(*blocks), reader.path().string());
}

store::record_position group_stream::position() const noexcept {
  assert(!at_end());
  return at_block() ? blocks_.first() : position_of(rows_[next_]);
}

result<void> group_stream::unpack() {
  rows_.clear();
  next_ = 0;
  if (!decode_block(blocks_.block(), rows_)) {
    return failure{store_error::corrupt, path_ + ": a block of records is broken"};
  }
  if (position_of(rows_[0]) != blocks_.first()) {
    return failure{store_error::corrupt, path_ + ": a block of records has another's name"};
  }
  return blocks_.advance();
}

result<void> group_stream::take(store::record_set& rows) {
  assert(!at_end());
  rows.clear();
  const store::record_position group = position();
  while (!at_end() && position() == group) {
    if (at_block()) {
      if (const auto done = unpack(); !done) {
        return done;
      }
    }
    rows.add(rows_[next_]);
    ++next_;
  }
  return {};
}

}  // namespace repute::snapshot
