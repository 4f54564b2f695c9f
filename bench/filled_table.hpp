// SPDX-License-Identifier: Apache-2.0
// A table of any number of keys in anonymous memory, and the view that a server would use.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "paged_memory.hpp"
#include "store/exact_table.hpp"
#include "store/scale.hpp"
#include "store/snapshot_view.hpp"

namespace repute::bench {

// Key i of an endless, reproducible sequence (splitmix64).
inline store::table_key key_number(std::uint64_t i) {
  const auto mix = [](std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
  };
  const std::uint64_t tag = mix(i * 2 + 2);
  return {mix(i * 2 + 1), tag == 0 ? 1 : tag};
}

// A table of `keys` keys, its verdicts, and the view that a server would use.
class filled_table {
 public:
  // 512 KiB of them, more than the fastest cache holds, as those of a database of many feeds.
  static constexpr std::uint32_t verdicts = 32'767;

  explicit filled_table(std::uint64_t keys, page_size pages = page_size::huge)
      : dictionary_(verdicts + 1) {
    const std::uint64_t lines = store::lines_for(keys, store::table_layout::six_slots_16);
    for (std::uint64_t left = lines; left != 0;) {
      const std::uint64_t part = std::min(left, store::lines_per_shard);
      memory_.push_back(std::make_unique<paged_memory>(part * store::line_size, pages));
      shards_.push_back(memory_.back()->data());
      left -= part;
    }
    fill(keys, lines);
    const std::vector<const std::uint8_t*> read_only(shards_.begin(), shards_.end());
    view_.table = store::exact_table(read_only, lines, store::table_layout::six_slots_16);
    view_.dictionary = dictionary_;
  }
  [[nodiscard]] const store::snapshot_view& view() const { return view_; }
  // The first line that a key may live in.
  [[nodiscard]] const std::uint8_t* line_of(store::table_key key) const {
    return line(store::scale(key.place, view_.table.lines()));
  }
  // True if a key that is not in its first line has to be looked for in the second one, as
  // schema/record_format.md has it.
  [[nodiscard]] bool overflowed(store::table_key key) const {
    return (load_le<std::uint32_t>(line_of(key) + 60) >> (key.tag % 32) & 1U) != 0;
  }

 private:
  [[nodiscard]] const std::uint8_t* line(std::uint64_t i) const {
    return shards_[i / store::lines_per_shard] + i % store::lines_per_shard * store::line_size;
  }
  void fill(std::uint64_t keys, std::uint64_t lines) {
    constexpr std::uint64_t ahead = 16;
    store::table_builder builder(shards_, lines, store::table_layout::six_slots_16);
    for (std::uint64_t i = 0; i < keys; ++i) {
      builder.prefetch(key_number(i + ahead));
      const auto verdict = static_cast<std::uint32_t>(1 + i % verdicts);
      if (builder.insert(key_number(i), verdict) != store::table_builder::outcome::placed) {
        std::abort();
      }
    }
  }

  std::vector<std::unique_ptr<paged_memory>> memory_;
  std::vector<std::uint8_t*> shards_;
  std::vector<store::dictionary_entry> dictionary_;
  store::snapshot_view view_;
};

// The table of the last call, if it was the same one.
inline const filled_table& table_of(std::uint64_t keys, page_size pages = page_size::huge) {
  static std::pair<std::uint64_t, page_size> held;
  static std::unique_ptr<filled_table> table;
  if (table == nullptr || held != std::pair(keys, pages)) {
    table.reset();
    table = std::make_unique<filled_table>(keys, pages);
    held = {keys, pages};
  }
  return *table;
}

}  // namespace repute::bench
