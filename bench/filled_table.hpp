// SPDX-License-Identifier: Apache-2.0
// A table of any number of keys in plain memory, and the view that a server would use.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "store/exact_table.hpp"
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

struct free_memory {
  void operator()(std::uint8_t* at) const { std::free(at); }
};

// A table of `keys` keys and the view that a server would use.
class filled_table {
 public:
  explicit filled_table(std::uint64_t keys) : dictionary_(2) {
    const std::uint64_t lines = store::lines_for(keys, store::table_layout::six_slots_16);
    for (std::uint64_t left = lines; left != 0;) {
      const std::uint64_t part = std::min(left, store::lines_per_shard);
      memory_.emplace_back(static_cast<std::uint8_t*>(std::aligned_alloc(64, part * 64)));
      std::fill_n(memory_.back().get(), part * 64, std::uint8_t{0});
      shards_.push_back(memory_.back().get());
      left -= part;
    }
    store::table_builder builder(shards_, lines, store::table_layout::six_slots_16);
    for (std::uint64_t i = 0; i < keys; ++i) {
      if (builder.insert(key_number(i), 1) != store::table_builder::outcome::placed) {
        std::abort();
      }
    }
    const std::vector<const std::uint8_t*> read_only(shards_.begin(), shards_.end());
    view_.table = store::exact_table(read_only, lines, store::table_layout::six_slots_16);
    view_.dictionary = dictionary_;
  }
  [[nodiscard]] const store::snapshot_view& view() const { return view_; }
  [[nodiscard]] const std::uint8_t* line(std::uint64_t i) const {
    return shards_[i / store::lines_per_shard] + i % store::lines_per_shard * 64;
  }

 private:
  std::vector<std::unique_ptr<std::uint8_t, free_memory>> memory_;
  std::vector<std::uint8_t*> shards_;
  std::vector<store::dictionary_entry> dictionary_;
  store::snapshot_view view_;
};

inline const filled_table& table_of(std::uint64_t keys) {
  static std::uint64_t held = 0;
  static std::unique_ptr<filled_table> table;
  if (held != keys) {
    table.reset();
    table = std::make_unique<filled_table>(keys);
    held = keys;
  }
  return *table;
}

}  // namespace repute::bench
