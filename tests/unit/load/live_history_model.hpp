// SPDX-License-Identifier: Apache-2.0
// What must be answered after any history of changes, loads, rollbacks and prunings: the newest
// change of a key that holds, over what the feeds of the serving snapshot say. It knows nothing of
// sequence numbers in files, overlays or parts of snapshots.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "store/live_entry.hpp"

namespace repute::load::test {

/// Keys are small numbers; `network` is the one around the addresses.
inline constexpr int hosts = 4;
inline constexpr int addresses = 2;
inline constexpr int network = hosts + addresses;
inline constexpr int subjects = network + 1;

struct model_answer {
  int score = 0;  ///< 0: not listed
  bool override = false;

  bool operator==(const model_answer&) const = default;
};

class history_model {
 public:
  using feed = std::map<int, int>;  ///< subject -> score

  void change(store::live_layer layer, int subject, store::live_action action, int score,
              std::uint64_t expires_s) {
    changes_[{layer, subject}] = {++last_, action, score, expires_s};
  }

  /// A load with feed rows; `told`: a server told it what was said.
  void load(std::uint32_t generation, const feed& rows, bool told) {
    snapshot made{rows, told ? last_ : base(current_), {}};
    for (const auto& [of, newest] : changes_) {
      // A removal that a load knows of stands as long as every load since has found its row.
      if (hides(of, newest, current_) && newest.number <= made.base && rows.contains(of.second)) {
        made.standing.insert(newest.number);
      }
    }
    snapshots_[generation] = std::move(made);
    current_ = generation;
  }
  void switch_to(std::uint32_t generation) { current_ = generation; }
  void prune(std::uint32_t generation) { snapshots_.erase(generation); }

  [[nodiscard]] std::uint32_t current() const noexcept { return current_; }
  [[nodiscard]] std::vector<std::uint32_t> others() const {
    std::vector<std::uint32_t> out;
    for (const auto& [generation, made] : snapshots_) {
      if (generation != current_) {
        out.push_back(generation);
      }
    }
    return out;
  }

  [[nodiscard]] model_answer expected(int subject, std::uint64_t now_s) const {
    using enum store::live_layer;
    const bool is_address = subject >= hosts;
    for (const int key : {subject, network}) {
      if ((key == subject || is_address) && put(override, key, now_s)) {
        return {*put(override, key, now_s), true};
      }
    }
    if (const auto score = put(live, subject, now_s)) {
      return {*score, false};
    }
    const feed& rows = snapshots_.at(current_).rows;
    const auto newest = changes_.find({live, subject});
    const bool hidden = newest != changes_.end() && hides(newest->first, newest->second, current_);
    if (const auto row = rows.find(subject); !hidden && row != rows.end()) {
      return {row->second, false};
    }
    if (is_address) {
      return {put(live, network, now_s).value_or(0), false};
    }
    return {};
  }

 private:
  using about = std::pair<store::live_layer, int>;
  struct said {
    std::uint64_t number = 0;
    store::live_action action{};
    int score = 0;
    std::uint64_t expires_s = 0;
  };
  struct snapshot {
    feed rows;
    std::uint64_t base = 0;            // changes up to it were known to its load
    std::set<std::uint64_t> standing;  // removals among them that it kept
  };

  [[nodiscard]] std::uint64_t base(std::uint32_t generation) const {
    const auto found = snapshots_.find(generation);
    return found == snapshots_.end() ? 0 : found->second.base;
  }
  [[nodiscard]] bool hides(const about& of, const said& newest, std::uint32_t generation) const {
    if (of.first != store::live_layer::live || of.second == network ||
        newest.action != store::live_action::remove) {
      return false;
    }
    const auto found = snapshots_.find(generation);
    return found == snapshots_.end() || newest.number > found->second.base ||
           found->second.standing.contains(newest.number);
  }
  [[nodiscard]] std::optional<int> put(store::live_layer layer, int subject,
                                       std::uint64_t now_s) const {
    const auto found = changes_.find({layer, subject});
    if (found == changes_.end() || found->second.action != store::live_action::put ||
        (found->second.expires_s != 0 && now_s >= found->second.expires_s)) {
      return std::nullopt;
    }
    return found->second.score;
  }

  std::uint64_t last_ = 0;
  std::map<about, said> changes_;  // the newest of each
  std::map<std::uint32_t, snapshot> snapshots_;
  std::uint32_t current_ = 0;
};

}  // namespace repute::load::test
