// SPDX-License-Identifier: Apache-2.0
#include "store/live_index.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace repute::store {
namespace {

constexpr std::size_t filter_bits_per_key = 12;
constexpr std::size_t words_min = 8;

constexpr std::uint64_t upper_half = 0xffffffff00000000;

}  // namespace

live_said live_node::said(live_layer layer) const noexcept {
  return layer == live_layer::override
             ? live_said{decode_answer(override_answer.data()), override_expires_unix_s,
                         override_says}
             : live_said{decode_answer(live_answer.data()), live_expires_unix_s, live_says};
}

live_index::live_index(std::size_t changes)
    : capacity_(changes),
      words_(std::max(words_min, changes * filter_bits_per_key / 64)),
      slots_mask_(std::bit_ceil(changes * 2 + 2) - 1),
      filter_(std::make_unique<word[]>(words_)),
      slots_(std::make_unique<word[]>(slots_mask_ + 1)),
      nodes_(std::make_unique_for_overwrite<live_node[]>(changes)) {
  assert(changes < 0xffffffff);
}

live_index::~live_index() = default;

// Other bits of the place than the filter's, so that neighbours there are none here.
std::size_t live_index::slot_of(table_key key) const noexcept {
  return static_cast<std::size_t>(key.place) & slots_mask_;
}

const live_node* live_index::find(table_key key) const noexcept {
  for (std::size_t at = slot_of(key);; at = (at + 1) & slots_mask_) {
    const std::uint64_t slot = slots_[at].load(std::memory_order_acquire);
    if (slot == 0) {
      return nullptr;
    }
    if (((slot ^ key.tag) & upper_half) == 0) {
      const live_node& node = nodes_[(slot & ~upper_half) - 1];
      if (node.key == key) {
        return &node;
      }
    }
  }
}

bool live_index::set(table_key key, live_layer layer, const live_said& said) {
  live_node node;
  if (const live_node* before = find(key)) {
    node = *before;
  }
  node.key = key;
  if (layer == live_layer::override) {
    node.override_expires_unix_s = said.expires_unix_s;
    encode_answer(said.answer, node.override_answer.data());
    node.override_says = said.says;
  } else {
    node.live_expires_unix_s = said.expires_unix_s;
    encode_answer(said.answer, node.live_answer.data());
    node.live_says = said.says;
  }
  return put(node);
}

bool live_index::fix(table_key key) {
  live_node node;
  node.key = key;
  node.fixed = true;
  return put(node);
}

// The node is whole before its slot names it, and a slot that named a node before names its
// successor at once. Slots are never emptied, and half of them stay empty, so a search ends.
bool live_index::put(const live_node& node) {
  if (used_ == capacity_) {
    return false;
  }
  nodes_[used_++] = node;
  const std::uint64_t named = (node.key.tag & upper_half) | used_;
  for (std::size_t at = slot_of(node.key);; at = (at + 1) & slots_mask_) {
    const std::uint64_t slot = slots_[at].load(std::memory_order_relaxed);
    const bool same = slot != 0 && ((slot ^ named) & upper_half) == 0 &&
                      nodes_[(slot & ~upper_half) - 1].key == node.key;
    if (slot == 0 || same) {
      slots_[at].store(named, std::memory_order_release);
      break;
    }
  }
  filter_[word_of(node.key)].fetch_or(bits_of(node.key), std::memory_order_release);
  return true;
}

}  // namespace repute::store
