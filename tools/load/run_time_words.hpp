// SPDX-License-Identifier: Apache-2.0
// What was said at run time about keys, from a snapshot or from a running server, and which answer
// follows from it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "repute/schema/verdict.hpp"
#include "store/live_entry.hpp"
#include "store/record_block.hpp"

namespace repute::load {

/// A live entry or an override, and who knows of it.
struct said_entry {
  store::live_entry entry;
  bool by_server = false;  ///< the server alone knows it; else the snapshot has it, too
};

class run_time_words {
 public:
  /// At most one for a layer and key.
  void add(const store::live_entry& entry, bool by_server);

  /// The entry of a layer for exactly this key; null if there is none, or one whose time is over.
  [[nodiscard]] const said_entry* find(store::live_layer layer, const store::record_position& at,
                                       std::uint64_t now_unix_s) const;

 private:
  std::map<std::pair<store::live_layer, store::record_position>, said_entry> entries_;
};

/// The key itself and, for an address, every network around it, the longest first.
[[nodiscard]] std::vector<store::record_position> with_networks(const store::record_position& key);

/// What the tables of a snapshot say about a key.
struct table_answers {
  bool test_point = false;      ///< whose answer nothing changes
  std::optional<answer> exact;  ///< nothing: the key is not in the exact table
  answer networks;              ///< addresses: of the networks around it; else not listed
};

/// Where an answer comes from.
enum class answer_layer : std::uint8_t { feeds, live, override };

struct laid_over {
  repute::answer answer;
  answer_layer layer = answer_layer::feeds;
  const said_entry* entry = nullptr;  ///< that decided; null for feeds
};

/// The answer of a server: record_format.md section 6. `around` is with_networks(key).
[[nodiscard]] laid_over lay_over(const table_answers& tables, const run_time_words& words,
                                 const std::vector<store::record_position>& around,
                                 std::uint64_t now_unix_s);

}  // namespace repute::load
