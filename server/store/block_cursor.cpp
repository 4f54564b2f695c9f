// SPDX-License-Identifier: Apache-2.0
#include "store/block_cursor.hpp"

#include <algorithm>
#include <cassert>

#include "store/block_cursor_state.hpp"

namespace repute::store {

// LMDB's values stay where they are for the life of the transaction, so a block can be looked at
// while the cursor is one ahead.
result<void> block_cursor::state::step() {
  MDB_val key{};
  MDB_val value{};
  const int code = mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT);
  if (code != 0 && code != MDB_NOTFOUND) {
    return lmdb::make_failure(code, "cannot read records", path);
  }
  here = next;
  next.reset();
  if (code == 0) {
    const byte_view name_bytes = lmdb::to_bytes(key);
    block_key name{};
    if (name_bytes.size() != name.size()) {
      return failure{store_error::corrupt, path.string() + ": a block of records has no name"};
    }
    std::copy(name_bytes.begin(), name_bytes.end(), name.begin());
    next = place{position_of(name), lmdb::to_bytes(value)};
  }
  after = next ? std::optional(next->first) : std::nullopt;
  return {};
}

block_cursor::block_cursor(std::unique_ptr<state> opened) noexcept : state_(std::move(opened)) {}
block_cursor::~block_cursor() = default;
block_cursor::block_cursor(block_cursor&&) noexcept = default;
block_cursor& block_cursor::operator=(block_cursor&&) noexcept = default;

bool block_cursor::at_end() const noexcept {
  return !state_->here;
}

byte_view block_cursor::block() const noexcept {
  assert(!at_end());
  return state_->here->bytes;
}

const record_position& block_cursor::first() const noexcept {
  assert(!at_end());
  return state_->here->first;
}

const std::optional<record_position>& block_cursor::after() const noexcept {
  return state_->after;
}

result<void> block_cursor::advance() {
  assert(!at_end());
  return state_->step();
}

}  // namespace repute::store
