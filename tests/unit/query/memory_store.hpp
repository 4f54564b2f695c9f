// SPDX-License-Identifier: Apache-2.0
// A snapshot_view in plain memory beside the model that it must agree with.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <span>
#include <vector>

#include "repute/schema/key.hpp"
#include "repute/schema/verdict.hpp"
#include "store/snapshot_view.hpp"

namespace repute::test {

/// Keys with their answers, and the table made of them. Not movable: the view points inside.
class memory_store {
 public:
  static constexpr std::uint32_t generation = 42;

  /// `count` keys: the test point 127.0.0.2 and random ones of all kinds but TEXT_SIG, the same for
  /// the same seed. Their scores tell
  /// them apart: no two of the first 2001 keys have the same.
  explicit memory_store(std::size_t count, std::uint64_t seed = 1) {
    std::mt19937_64 random(seed);
    dictionary_.emplace_back();
    lines_ = store::lines_for(count, store::table_layout::six_slots_16);
    memory_.resize(lines_);
    std::array<std::uint8_t*, 1> shard{memory_.front().bytes.data()};
    store::table_builder builder(shard, lines_, store::table_layout::six_slots_16);
    view_.info = {.generation = generation,
                  .data_epoch = 7,
                  .data_seq = 9,
                  .salt_fp = {0x12, 0x34},
                  .ip_seed = 99,
                  .created_unix_s = 1'700'000'000,
                  .keys = count};
    // What every snapshot has; clients take a server without it for a broken one.
    add(key(kind::ip4, std::array<std::uint8_t, 4>{127, 0, 0, 2}), builder);
    while (keys_.size() < count) {
      add(random_key(random), builder);
    }
    const std::array<const std::uint8_t*, 1> read_only{memory_.front().bytes.data()};
    view_.table = store::exact_table(read_only, lines_, store::table_layout::six_slots_16);
    view_.dictionary = dictionary_;
  }
  memory_store(const memory_store&) = delete;
  memory_store& operator=(const memory_store&) = delete;

  [[nodiscard]] const store::snapshot_view& view() const noexcept { return view_; }
  [[nodiscard]] std::span<const key> keys() const noexcept { return keys_; }

  /// What the store must say about a well-formed key.
  [[nodiscard]] answer expected(const key& of) const {
    const std::vector<std::uint8_t> bytes(of.bytes().begin(), of.bytes().end());
    const auto found = model_.find({of.kind(), bytes});
    if (found != model_.end()) {
      return found->second;
    }
    return {.ttl_s = is_ip(of.kind()) ? store::negative_ttl_ip_s : store::negative_ttl_s};
  }

  /// A well-formed key of a random kind that snapshots hold.
  static key random_key(std::mt19937_64& random) {
    kind of = kind::text_sig;
    while (of == kind::text_sig) {
      of = all_kinds[random() % all_kinds.size()];
    }
    std::array<std::uint8_t, fingerprint_size> bytes;
    for (std::uint8_t& byte : bytes) {
      byte = static_cast<std::uint8_t>(random());
    }
    return {of, std::span(bytes).first(key_size(of))};
  }

 private:
  struct alignas(store::line_size) line {
    std::array<std::uint8_t, store::line_size> bytes{};
  };

  void add(const key& added, store::table_builder& builder) {
    const auto number = static_cast<std::int16_t>(keys_.size() % 2001);
    const answer value{.status = status::listed,
                       .verdict = all_verdicts[1 + keys_.size() % (all_verdicts.size() - 1)],
                       .score = static_cast<std::int16_t>(number - 1000),
                       .category = static_cast<std::uint16_t>(number),
                       .ttl_s = 60};
    const store::probe probe = view_.make_probe(added.kind(), added.bytes().data());
    const auto index = static_cast<std::uint32_t>(dictionary_.size());
    const auto placed = builder.insert(probe.key, index);
    // The loader's rule for a duplicate is not this helper's business: random keys hardly meet.
    if (placed != store::table_builder::outcome::placed) {
      return;
    }
    encode_answer(value, dictionary_.emplace_back().answer.data());
    model_[{added.kind(), {added.bytes().begin(), added.bytes().end()}}] = value;
    keys_.push_back(added);
  }

  std::vector<line> memory_;
  std::uint64_t lines_ = 0;
  std::vector<store::dictionary_entry> dictionary_;
  store::snapshot_view view_;
  std::vector<key> keys_;
  std::map<std::pair<kind, std::vector<std::uint8_t>>, answer> model_;
};

}  // namespace repute::test
