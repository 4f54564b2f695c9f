// SPDX-License-Identifier: Apache-2.0
// Private to the store: what a block_cursor is made of.
#pragma once

#include "store/block_cursor.hpp"
#include "store/lmdb_env.hpp"

namespace repute::store {

struct block_cursor::state {
  struct place {
    record_position first;
    byte_view bytes;
  };

  lmdb::cursor_ptr cursor;
  std::filesystem::path path;
  std::optional<place> here;
  std::optional<place> next;
  std::optional<record_position> after;

  /// Moves by one block; the first two calls fill `here` and `next`.
  [[nodiscard]] result<void> step();
};

}  // namespace repute::store
