// SPDX-License-Identifier: Apache-2.0
#include "load/live_fold.hpp"

#include <gtest/gtest.h>

#include "load/load_failure.hpp"
#include "support/temporary_directory.hpp"

namespace repute::load {
namespace {

using store::live_action;
using store::live_entry;
using store::live_layer;

constexpr std::uint64_t now_s = 1'700'000'000;

live_entry entry(std::uint8_t key, std::uint64_t seq, live_action action = live_action::put,
                 live_layer layer = live_layer::live, std::uint64_t expires = 0) {
  live_entry out;
  out.layer = layer;
  out.action = action;
  out.kind = kind::host;
  out.key.fill(key);
  out.seq = seq;
  out.expires_unix_s = expires;
  return out;
}

std::vector<std::uint64_t> numbers(const live_state& of) {
  std::vector<std::uint64_t> out;
  for (const live_entry& each : of.entries) {
    out.push_back(each.seq);
  }
  EXPECT_TRUE(std::is_sorted(of.entries.begin(), of.entries.end(), store::live_less));
  return out;
}

TEST(live_fold_test, without_a_server_the_snapshot_before_tells_all) {
  const live_state before{{entry(1, 4), entry(2, 5, live_action::put, live_layer::live, now_s)}, 9};
  const live_state merged = merge_live(before, {}, now_s);
  EXPECT_EQ(numbers(merged), (std::vector<std::uint64_t>{4}));  // the other one has ended
  EXPECT_EQ(merged.seq, 9u);
}

TEST(live_fold_test, what_was_said_since_stands_for_what_was_said_before) {
  const live_state before{{entry(1, 4), entry(2, 5), entry(4, 6)}, 9};
  const live_state since{
      {entry(0, 12), entry(2, 11), entry(3, 7), entry(4, 10, live_action::remove), entry(5, 13)},
      20};
  const live_state merged = merge_live(before, since, now_s);
  // 7 is not newer than the snapshot, which left it out on purpose.
  EXPECT_EQ(numbers(merged), (std::vector<std::uint64_t>{12, 4, 11, 10, 13}));
  EXPECT_EQ(merged.seq, 20u);
}

TEST(live_fold_test, an_end_ends_older_entries_of_its_key_too) {
  const live_state before{{entry(1, 4)}, 9};
  const live_state since{{entry(1, 10, live_action::put, live_layer::live, now_s - 1)}, 10};
  EXPECT_TRUE(merge_live(before, since, now_s).entries.empty());
}

TEST(live_fold_test, overrides_and_networks_taken_back_leave_nothing) {
  const live_state before{{entry(1, 4, live_action::put, live_layer::override)}, 4};
  live_entry network = entry(0, 6, live_action::remove);
  network.kind = kind::ip4;
  network.key = {192, 0, 2};
  network.prefix_length = 24;
  const live_state since{{network, entry(1, 5, live_action::remove, live_layer::override)}, 6};
  EXPECT_TRUE(merge_live(before, since, now_s).entries.empty());
}

TEST(live_fold_test, removals_stay_while_a_feed_carries_their_key) {
  live_state live{{entry(1, 1, live_action::remove), entry(2, 2, live_action::remove), entry(3, 3)},
                  3};
  const auto removed = removed_keys(live);
  EXPECT_EQ(removed.size(), 2u);
  EXPECT_TRUE(removed.contains({kind::host, entry(2, 0).key}));
  drop_idle_removals(live, {{kind::host, entry(2, 0).key}});
  EXPECT_EQ(numbers(live), (std::vector<std::uint64_t>{2, 3}));
}

TEST(live_fold_test, a_fold_that_is_not_there_or_not_one_ends_the_load) {
  const repute::test::temporary_directory folder;
  std::filesystem::create_directory(folder.path() / "overlay");
  EXPECT_THROW(static_cast<void>(read_fold(folder.path().string(), {"fold-1", 1})), load_error);
  folder.write("overlay/fold-1", "nonsense");
  EXPECT_THROW(static_cast<void>(read_fold(folder.path().string(), {"fold-1", 1})), load_error);
  const std::vector<live_entry> entries{entry(1, 4)};
  const auto bytes = store::encode_live(entries);
  folder.write("overlay/fold-1", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const live_state read = read_fold(folder.path().string(), {"fold-1", 7});
  EXPECT_EQ(read.entries, entries);
  EXPECT_EQ(read.seq, 7u);
}

TEST(live_fold_test, numbers_of_another_overlay_are_not_compared) {
  const live_state before{{entry(1, 4), entry(2, 50)}, 90, 1};
  const live_state since{{entry(2, 3), entry(4, 5)}, 6, 2};
  const live_state merged = merge_live(before, since, now_s);
  EXPECT_EQ(numbers(merged), (std::vector<std::uint64_t>{4, 3, 5}));
  EXPECT_EQ(merged.seq, 6U);
  EXPECT_EQ(merged.overlay_id, 2U);
  EXPECT_EQ(merge_live(before, {}, now_s).overlay_id, 1U);
}

TEST(live_fold_test, keys_are_made_anew_from_texts) {
  const canon::canonicalizer canon;
  const seal::deployment_salt salt{};
  const row_compiler compiler(canon, salt, now_s);
  live_entry older = entry(9, 4);
  older.text = "Listed.Example";
  live_entry newer = entry(8, 5);
  newer.text = "listed.example";
  live_entry domain = entry(1, 6);
  domain.kind = kind::domain;
  domain.text = "listed.example";
  live_entry network = entry(0, 7);
  network.kind = kind::ip4;
  network.key = {192, 0, 2};
  network.prefix_length = 24;
  network.text = "192.0.2.0/24";
  live_state state{{older, newer, domain, network}, 7};
  make_keys_anew(state.entries, compiler);
  EXPECT_EQ(numbers(state), (std::vector<std::uint64_t>{7, 5, 6}));
  EXPECT_EQ(state.entries[0].key, network.key);
  const seal::fingerprinter fingerprints(salt);
  EXPECT_EQ(state.entries[1].key, fingerprints({kind::host, "listed.example"}));
  EXPECT_EQ(state.entries[2].key, fingerprints({kind::domain, "listed.example"}));
  state.entries[0].kind = kind::host;
  state.entries[0].text = "..";
  EXPECT_THROW(make_keys_anew(state.entries, compiler), load_error);
}

}  // namespace
}  // namespace repute::load
