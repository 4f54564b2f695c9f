// SPDX-License-Identifier: Apache-2.0
#include "store/live_list.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "store/byte_cursor.hpp"
#include "store/meta.hpp"

namespace repute::store {

std::optional<live_list> live_list::read(byte_view payload) {
  if (payload.size() > part_size_max) {
    return std::nullopt;
  }
  live_list out;
  out.payload_ = payload;
  byte_reader in(payload);
  const auto count = in.number<std::uint32_t>();
  live_entry entry;
  live_key last;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto at = static_cast<std::uint32_t>(payload.size() - in.rest().size());
    if (!decode_live_entry(in, entry) || (i != 0 && !(last < key_of(entry)))) {
      return std::nullopt;
    }
    last = key_of(entry);
    out.offsets_.push_back(at);
  }
  const byte_view padding = in.rest();
  if (!in.ok() || std::any_of(padding.begin(), padding.end(), [](auto b) { return b != 0; })) {
    return std::nullopt;
  }
  return out;
}

live_entry live_list::operator[](std::size_t index) const {
  byte_reader in(payload_.subspan(offsets_[index]));
  live_entry entry;
  [[maybe_unused]] const bool whole = decode_live_entry(in, entry);  // read() has seen it
  assert(whole);
  return entry;
}

std::size_t live_list::first_after(const live_key& key) const {
  std::size_t low = 0;
  for (std::size_t high = size(); low < high;) {
    const std::size_t middle = low + (high - low) / 2;
    if (key < key_of((*this)[middle])) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

std::optional<live_entry> live_list::find(const live_key& key) const {
  const std::size_t after = first_after(key);
  if (after == 0) {
    return std::nullopt;
  }
  live_entry last = (*this)[after - 1];
  return key_of(last) == key ? std::optional(std::move(last)) : std::nullopt;
}

}  // namespace repute::store
