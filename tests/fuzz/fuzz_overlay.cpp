// SPDX-License-Identifier: Apache-2.0
// Entries of DIR/overlay/, and the reader of the part `live` that decodes late: what is accepted,
// written again, is the same.
#include <algorithm>

#include "fuzz/require.hpp"
#include "store/live_list.hpp"
#include "store/overlay_format.hpp"

using repute::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute;
  using namespace repute::store;
  const std::size_t key_size = std::min(size, overlay_key{}.size());
  const byte_view key(data, key_size);
  const byte_view value(data + key_size, size - key_size);
  overlay_head head;
  live_key named;
  live_entry entry;
  static_cast<void>(decode_overlay_head(key, value, head));
  require(!decode_overlay_key(key, named) || std::ranges::equal(key, encode_overlay_key(named)));
  require(!decode_overlay_entry(key, value, entry) ||
          std::ranges::equal(encode_overlay_value(entry), value));
  // The other reader of the part `live` accepts the same payloads.
  const auto lazy = live_list::read({data, size});
  const auto whole = decode_live({data, size});
  require(lazy.has_value() == whole.has_value());
  for (std::size_t i = 0; lazy && i < lazy->size(); ++i) {
    require((*lazy)[i] == (*whole)[i] && lazy->find(key_of((*whole)[i])) == (*whole)[i]);
  }
  return 0;
}
