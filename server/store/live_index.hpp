// SPDX-License-Identifier: Apache-2.0
// What was said at run time about single keys, in memory: one thread writes while any number reads
// without a lock. A filter of a few bits a key (F. Putze et al., "Cache-, Hash- and Space-Efficient
// Bloom Filters", 2007, with blocks of one word) keeps nearly every other key away from it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "store/exact_table.hpp"
#include "store/live_said.hpp"

namespace repute::store {

/// Everything said about one key: one cache line, never changed once it can be found.
struct alignas(line_size) live_node {
  table_key key;
  std::uint64_t override_expires_unix_s = 0;
  std::uint64_t live_expires_unix_s = 0;
  std::array<std::uint8_t, answer_size> override_answer{};
  std::array<std::uint8_t, answer_size> live_answer{};
  live_said::what override_says = live_said::what::nothing;
  live_said::what live_says = live_said::what::nothing;
  bool fixed = false;  ///< a test point: nothing said at run time holds for it, networks neither

  [[nodiscard]] live_said said(live_layer layer) const noexcept;
};
static_assert(sizeof(live_node) == line_size);

/// set() and fix() are for one thread at a time; everything else for any thread.
class live_index {
 public:
  /// Has room for `changes` calls of set() and fix(): about 110 bytes each.
  explicit live_index(std::size_t changes);
  ~live_index();
  live_index(const live_index&) = delete;
  live_index& operator=(const live_index&) = delete;

  /// Replaces what one layer says about a key. False: no room is left, make a larger index.
  [[nodiscard]] bool set(table_key key, live_layer layer, const live_said& said);
  [[nodiscard]] bool fix(table_key key);
  /// Calls of set() and fix() for which there is room.
  [[nodiscard]] std::size_t room() const noexcept { return capacity_ - used_; }

  void prefetch(table_key key) const noexcept { __builtin_prefetch(&filter_[word_of(key)]); }
  /// False for most keys of which nothing is said.
  [[nodiscard]] bool may_have(table_key key) const noexcept {
    const std::uint64_t bits = bits_of(key);
    return (filter_[word_of(key)].load(std::memory_order_relaxed) & bits) == bits;
  }
  /// Null if nothing was ever said about the key.
  [[nodiscard]] const live_node* find(table_key key) const noexcept;

 private:
  [[nodiscard]] std::size_t word_of(table_key key) const noexcept {
    return static_cast<std::size_t>(scale(key.place, words_));
  }
  [[nodiscard]] static std::uint64_t bits_of(table_key key) noexcept {
    const auto bit = [&](unsigned shift) { return std::uint64_t{1} << ((key.tag >> shift) & 63); };
    return bit(0) | bit(6) | bit(12) | bit(18);
  }
  [[nodiscard]] std::size_t slot_of(table_key key) const noexcept;
  [[nodiscard]] bool put(const live_node& node);

  // A slot holds 32 bits of the tag and the number of a node, the first is 1; 0 is empty.
  using word = std::atomic<std::uint64_t>;
  std::size_t capacity_;
  std::size_t used_ = 0;  // of the writer alone
  std::size_t words_;
  std::size_t slots_mask_;
  std::unique_ptr<word[]> filter_;
  std::unique_ptr<word[]> slots_;
  std::unique_ptr<live_node[]> nodes_;
};

}  // namespace repute::store
