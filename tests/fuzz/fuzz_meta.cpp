// SPDX-License-Identifier: Apache-2.0
// The small parts of a snapshot file; and a view over parts of any bytes, asked as a server asks
// it.
#include <algorithm>

#include "fuzz/require.hpp"
#include "store/parts.hpp"
#include "store/snapshot_image.hpp"

using repute::fuzz::require;

namespace {

using namespace repute;
using namespace repute::store;

// Every part is the same bytes: what meta counts must fit in them, or there is no view.
void ask(const snapshot_meta& meta, byte_view bytes) {
  aligned_bytes part((64 + bytes.size() + 63) / 64 * 64);
  std::copy(bytes.begin(), bytes.end(), part.data() + 64);
  const byte_view value = part.bytes().subspan(16);
  const auto view = make_view(
      meta, [&](std::string_view) { return value; }, "fuzz");
  if (!view) {
    return;
  }
  for (std::size_t at = 0; at + 16 <= std::min<std::size_t>(bytes.size(), 320); at += 16) {
    for (const kind kind : {kind::ip4, kind::ip6, kind::host}) {
      const probe wanted = view->make_probe(kind, &bytes[at]);
      answer got;
      view->lookup({&wanted, 1}, meta.info.created_unix_s, {&got, 1});
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const byte_view bytes(data, size);
  snapshot_meta meta;
  if (decode_meta(bytes, meta) == meta_error::none) {
    const auto again = encode_meta(meta);
    for (std::size_t i = 0; i < again.size(); ++i) {
      require(again[i] == data[i] || i == 50 || i == 51);  // two bytes of 0 that a reader ignores
    }
    ask(meta, bytes.subspan(again.size()));
  }
  if (const auto feeds = decode_feeds(bytes)) {
    const auto again = encode_feeds(*feeds);
    require(std::equal(again.begin(), again.end(), bytes.begin()));
  }
  for (const std::uint32_t index : {0U, 1U, 2U, 0xffffffffU}) {
    const auto source = decode_source(bytes, index);
    require(!source || source->size() <= size);
  }
  return 0;
}
