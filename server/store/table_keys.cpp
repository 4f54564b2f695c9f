// SPDX-License-Identifier: Apache-2.0
#include "store/table_keys.hpp"

#include <algorithm>

namespace repute::store {

void table_keys::sort_room(std::size_t room) {
  std::sort(room_[room].begin(), room_[room].end(),
            [](const placed_key& a, const placed_key& b) { return a.key < b.key; });
}

}  // namespace repute::store
