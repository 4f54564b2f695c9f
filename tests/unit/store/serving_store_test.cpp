// SPDX-License-Identifier: Apache-2.0
#include "store/serving_store.hpp"

#include <gtest/gtest.h>

#include "store/kept_snapshots.hpp"
#include "unit/store/live_world.hpp"
#include "unit/store/text_entries.hpp"

namespace repute::test {
namespace {

using store::live_entry;
using store::live_key;
using store::live_layer;
using store::store_error;

class serving_store_test : public testing::Test {
 protected:
  /// A feed that lists the keys 1, 2 and 3 with their numbers as scores, and 198.51.100.0/24.
  static store::snapshot_content feed(std::vector<live_entry> live = {}, std::uint64_t base = 0) {
    content_builder made;
    for (std::uint8_t i = 1; i <= 3; ++i) {
      made.add_key(kind::host, numbered(i), made.verdict_of(listing(i)));
      made.add_record(kind::host, numbered(i), i, "key.example");
    }
    const std::uint32_t network = made.verdict_of(listing(50));
    made.content().ranges4 = {{0xc6336400, network}, {0xc6336500, store::no_verdict}};
    store::record row;
    row.kind = kind::ip4;
    row.prefix_length = 24;
    row.key = about4(put_of({}, 0), {198, 51, 100, 0}).key;
    row.verdict = verdict::spam;
    row.line = 9;
    row.text = "198.51.100.0/24";
    made.content().records.add(row);
    std::sort(live.begin(), live.end(), store::live_less);
    made.content().live = std::move(live);
    made.content().data_seq = base;
    return std::move(made.content());
  }
  static live_entry with_seq(live_entry entry, std::uint64_t seq) {
    entry.seq = seq;
    return entry;
  }
  [[nodiscard]] std::vector<live_entry> listed(live_layer layer, std::size_t count = 100) {
    std::vector<live_entry> out;
    std::optional<live_key> after;
    do {
      const auto page = world->list(layer, after, count, now_s);
      EXPECT_TRUE(page);
      EXPECT_LE(page->entries.size(), count);
      out.insert(out.end(), page->entries.begin(), page->entries.end());
      after = page->next;
    } while (after);
    return out;
  }
  [[nodiscard]] std::size_t entries_on_disk() {
    const auto made = world->fold();
    EXPECT_TRUE(made);
    const std::string text = read_file(world.folder.path() / "overlay" / made->name);
    const auto entries =
        store::decode_live({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    EXPECT_TRUE(entries);
    return entries->size();
  }

  live_world world;
};

TEST_F(serving_store_test, changes_before_the_first_snapshot_wait_for_it) {
  world.start();
  const auto outcome = world.must_change(put_of(numbered(1), 100));
  EXPECT_EQ(outcome.seq, 1u);
  EXPECT_TRUE(outcome.now.empty());
  world.publish(feed());
  world.adopt();
  EXPECT_EQ(world.ask(kind::host, numbered(1)).score, 100);
  EXPECT_EQ(world.data_seq(), 1u);
}

TEST_F(serving_store_test, a_change_is_answered_with_what_is_in_force_now) {
  world.publish(feed());
  world.start();
  EXPECT_EQ(world.data_seq(), 0u);
  auto outcome = world.must_change(put_of(numbered(1), 100, now_s + 5));
  ASSERT_EQ(outcome.now.size(), 1u);
  EXPECT_EQ(outcome.now[0], world.ask(kind::host, numbered(1)));
  EXPECT_EQ(outcome.now[0].score, 100);
  EXPECT_EQ(outcome.now[0].ttl_s, 5);
  EXPECT_FALSE(outcome.was_in_force[0]);
  EXPECT_EQ(world.data_seq(), 1u);
  EXPECT_EQ(world.ask(kind::host, numbered(1), now_s + 5).score, 1);  // what feeds say

  outcome = world.must_change({put_of(numbered(1), 7, 0, live_layer::override),
                               put_of(numbered(1), 101), put_of(numbered(9), 102)});
  EXPECT_EQ(outcome.seq, 4u);
  EXPECT_EQ(outcome.now[1].score, 7);  // the override hides the put
  EXPECT_EQ(outcome.now[2].score, 102);
  EXPECT_EQ(outcome.was_in_force, (std::vector<bool>{false, true, false}));

  const auto back = world.must_change(removal_of(put_of(numbered(1), 0, 0, live_layer::override)));
  EXPECT_TRUE(back.was_in_force[0]);
  EXPECT_EQ(back.now[0].score, 101);
  EXPECT_EQ(world.must_change(removal_of(put_of(numbered(1), 0))).now[0].status,
            status::not_listed);
  EXPECT_EQ(world.must_change(removal_of(put_of(numbered(2), 0))).now[0].status,
            status::not_listed);
}

TEST_F(serving_store_test, a_restart_finds_everything) {
  world.publish(feed());
  world.start();
  world.must_change({put_of(numbered(9), 90), removal_of(put_of(numbered(1), 0)),
                     put_of(numbered(2), 20, 0, live_layer::override)});
  world.stop();
  world.start();
  EXPECT_EQ(world.ask(kind::host, numbered(9)).score, 90);
  EXPECT_EQ(world.ask(kind::host, numbered(1)).status, status::not_listed);
  EXPECT_EQ(world.ask(kind::host, numbered(2)).score, 20);
  EXPECT_EQ(world.must_change(put_of(numbered(8), 1)).seq, 4u);
}

TEST_F(serving_store_test, more_changes_than_an_index_has_room_for) {
  world.publish(feed());
  world.start();
  for (int round = 0; round < 12; ++round) {
    std::vector<live_entry> changes;
    for (int i = 0; i < 400; ++i) {
      fingerprint key{};
      store_le(key.data(), std::uint64_t{0x1234567} * static_cast<unsigned>(i + 1));
      store_le(key.data() + 8, static_cast<std::uint64_t>(i + 1));
      changes.push_back(put_of(key, static_cast<std::int16_t>(round * 10 + i % 10)));
    }
    world.must_change(changes);
    for (const live_entry& each : changes) {
      ASSERT_EQ(world.ask(each).score, each.score);
    }
  }
  EXPECT_EQ(world->reclaim(), 0u);
}

TEST_F(serving_store_test, networks_are_put_and_taken_back) {
  world.publish(feed());
  world.start();
  const live_entry wide = about4(put_of({}, 10), {203, 0, 112, 0}, 23);
  const live_entry narrow = about4(put_of({}, 11), {203, 0, 113, 0}, 24);
  const fingerprint inside = about4(put_of({}, 0), {203, 0, 113, 5}).key;
  world.must_change({wide, narrow});
  EXPECT_EQ(world.ask(kind::ip4, inside).score, 11);
  EXPECT_EQ(world.must_change(removal_of(narrow)).now[0].score, 10);
  EXPECT_EQ(world.ask(kind::ip4, inside).score, 10);
  EXPECT_EQ(world.must_change(removal_of(wide)).now[0].status, status::not_listed);
}

TEST_F(serving_store_test, a_network_of_a_feed_is_not_removed_but_overridden) {
  world.publish(feed());
  world.start();
  const live_entry network = about4(put_of({}, 10), {198, 51, 100, 0}, 24);
  for (const auto& each : {about4(put_of({}, 10), {198, 51, 100, 128}, 25),
                           about4(put_of({}, 10), {198, 51, 0, 0}, 16)}) {
    EXPECT_FALSE(world->change({removal_of(each)}, now_s));  // a part, and the whole
  }
  for (const auto& beside : {about4(put_of({}, 10), {198, 51, 99, 0}, 24),
                             about4(put_of({}, 10), {198, 51, 101, 0}, 24)}) {
    EXPECT_TRUE(world->change({removal_of(beside)}, now_s));
  }
  const auto refused = world->change({put_of(numbered(1), 99), removal_of(network)}, now_s);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, store_error::bad_rows);
  EXPECT_NE(refused.error().message.find("override add"), std::string::npos);
  EXPECT_EQ(world.ask(kind::host, numbered(1)).score, 1);  // all or none
  live_entry none = network;
  none.layer = live_layer::override;
  none.verdict = verdict::none;
  EXPECT_EQ(world.must_change(none).now[0].verdict, verdict::none);
  EXPECT_EQ(world.must_change(removal_of(none)).now[0].score, 50);
  // What was put about such a network can be taken back.
  EXPECT_EQ(world.must_change(network).now[0].score, 10);
  EXPECT_EQ(world.must_change(removal_of(network)).now[0].score, 50);
}

TEST_F(serving_store_test, a_test_point_never_changes) {
  live_world fixed({key(kind::host, byte_view(numbered(1)))});
  fixed.publish(feed());
  fixed.start();
  EXPECT_FALSE(fixed->change({put_of(numbered(1), 5)}, now_s));
  fixed.must_change(put_of(numbered(2), 5));
  EXPECT_EQ(fixed.ask(kind::host, numbered(1)).score, 1);
}

TEST_F(serving_store_test, a_snapshots_own_entries_hold_unless_something_newer_was_said) {
  world.publish(feed({with_seq(put_of(numbered(1), 100), 5), with_seq(put_of(numbered(2), 200), 6),
                      with_seq(put_of(numbered(3), 300, 0, live_layer::override), 7)},
                     7));
  world.start();
  EXPECT_EQ(world.ask(kind::host, numbered(1)).score, 100);
  EXPECT_EQ(world.ask(kind::host, numbered(3)).score, 300);
  EXPECT_EQ(world.data_seq(), 7u);
  const auto outcome = world.must_change(removal_of(put_of(numbered(1), 0)));
  EXPECT_EQ(outcome.seq, 8u);  // numbers in a snapshot are not given again
  EXPECT_TRUE(outcome.was_in_force[0]);
  EXPECT_EQ(world.ask(kind::host, numbered(1)).status, status::not_listed);
  world.must_change(removal_of(put_of(numbered(3), 0, 0, live_layer::override)));
  EXPECT_EQ(world.ask(kind::host, numbered(3)).score, 3);
  EXPECT_TRUE(listed(live_layer::override).empty());
}

TEST_F(serving_store_test, a_rollback_brings_back_what_was_not_said_otherwise_since) {
  world.publish(feed());
  world.start();
  world.must_change({put_of(numbered(1), 100), put_of(numbered(2), 200)});  // 1, 2
  world.publish(
      feed({with_seq(put_of(numbered(1), 100), 1), with_seq(put_of(numbered(2), 200), 2)}, 2));
  world.adopt();
  world.must_change({removal_of(put_of(numbered(1), 0)), put_of(numbered(9), 900)});  // 3, 4
  world.publish(feed({with_seq(removal_of(put_of(numbered(1), 0)), 3),
                      with_seq(put_of(numbered(2), 200), 2), with_seq(put_of(numbered(9), 900), 4)},
                     4));
  world.adopt();
  const auto check = [&] {
    EXPECT_EQ(world.ask(kind::host, numbered(1)).status, status::not_listed);
    EXPECT_EQ(world.ask(kind::host, numbered(2)).score, 200);
    EXPECT_EQ(world.ask(kind::host, numbered(9)).score, 900);
  };
  check();
  for (const char* generation : {"2\n", "1\n", "3\n"}) {
    world.folder.write("CURRENT", generation);
    world.adopt();
    check();
    world.stop();
    world.start();
    check();
  }
  EXPECT_EQ(entries_on_disk(), 3u);  // 2, 3 and 4
  std::filesystem::remove(store::snapshot_path(world.folder.path(), 1));
  world.folder.write("CURRENT", "2\n");
  world.adopt();
  EXPECT_EQ(entries_on_disk(), 3u);  // generation 2 knows 1 and 2, and keeping them costs little
  std::filesystem::remove(store::snapshot_path(world.folder.path(), 2));
  world.folder.write("CURRENT", "3\n");
  world.adopt();
  EXPECT_EQ(entries_on_disk(), 3u);
  check();
  std::filesystem::remove_all(world.folder.path() / "overlay");
  world.stop();
  world.start();
  check();
  EXPECT_EQ(world.must_change(put_of(numbered(7), 1)).seq, 5u);
}

// What a snapshot left out on purpose stays out, whether or not the overlay still has it.
TEST_F(serving_store_test, entries_up_to_the_base_are_the_snapshots_business) {
  world.publish(feed());
  world.start();
  world.must_change(removal_of(put_of(numbered(1), 0)));
  world.publish(feed({}, 1));
  world.adopt();
  EXPECT_EQ(entries_on_disk(), 1u);  // generation 1 is kept
  EXPECT_EQ(world.ask(kind::host, numbered(1)).score, 1);
  std::filesystem::remove(store::snapshot_path(world.folder.path(), 1));
  world.adopt();
  EXPECT_EQ(entries_on_disk(), 0u);  // left out, and no snapshot is without it
  EXPECT_EQ(world.ask(kind::host, numbered(1)).score, 1);
}

TEST_F(serving_store_test, nothing_is_forgotten_while_a_kept_snapshot_cannot_be_read) {
  world.publish(feed());
  world.start();
  world.must_change(put_of(numbered(9), 1));
  world.publish(feed({with_seq(put_of(numbered(9), 1), 1)}, 1));
  std::filesystem::remove(store::manifest_path(world.folder.path(), 1));
  world.adopt();
  EXPECT_EQ(entries_on_disk(), 1u);
  EXPECT_EQ(store::read_kept_changes(world.folder.path(), world->overlay_id())->greatest_base, 1u);
}

TEST_F(serving_store_test, lists_page_by_page_both_places_in_order) {
  world.publish(feed({with_seq(put_of(numbered(10), 1, 0, live_layer::override), 1),
                      with_seq(put_of(numbered(30), 3, 0, live_layer::override), 2),
                      with_seq(put_of(numbered(40), 4), 3)},
                     3));
  world.start();
  world.must_change({put_of(numbered(20), 2, 0, live_layer::override),
                     put_of(numbered(30), 33, 0, live_layer::override),
                     put_of(numbered(5), 5, now_s + 1, live_layer::override),
                     put_of(numbered(50), 6, 0, live_layer::override), put_of(numbered(60), 7)});
  world.must_change(removal_of(put_of(numbered(50), 0, 0, live_layer::override)));
  for (const std::size_t count : {1U, 2U, 3U, 100U}) {
    std::vector<std::int16_t> scores;
    for (const live_entry& each : listed(live_layer::override, count)) {
      scores.push_back(each.score);
      EXPECT_EQ(each.who, "tester");
    }
    EXPECT_EQ(scores, (std::vector<std::int16_t>{5, 1, 2, 33})) << count;
  }
  EXPECT_EQ(listed(live_layer::live).size(), 2u);
  const auto later = world->list(live_layer::override, {}, 100, now_s + 1);
  EXPECT_EQ(later->entries.size(), 3u);
}

TEST_F(serving_store_test, tells_what_is_said_about_a_key) {
  world.publish(feed({with_seq(put_of(numbered(1), 100), 1)}, 1));
  world.start();
  world.must_change(put_of(numbered(1), 7, 0, live_layer::override));
  const auto said = world->words_about(kind::host, numbered(1), 0, now_s);
  ASSERT_TRUE(said);
  EXPECT_EQ(said->live->score, 100);
  EXPECT_EQ(said->override->score, 7);
  EXPECT_EQ(said->override->time_unix_s, now_s);
  EXPECT_EQ(said->now->score, 7);
  const auto nothing = world->words_about(kind::host, numbered(2), 0, now_s);
  EXPECT_FALSE(nothing->live || nothing->override);
  EXPECT_EQ(nothing->now->score, 2);
}

// Changes have numbers of their own at every site: a bundle must not pass over what was said here.
TEST_F(serving_store_test, a_snapshot_from_elsewhere_hides_nothing_that_was_said_here) {
  world.publish(feed());
  world.start();
  world.must_change(put_of(numbered(1), 77, 0, live_layer::override));
  world.must_change(put_of(numbered(9), 88));
  world.publish(feed({with_seq(put_of(numbered(1), 77, 0, live_layer::override), 1),
                      with_seq(put_of(numbered(9), 88), 2)},
                     2));
  world.adopt();  // the only snapshot that is kept knows both
  store::snapshot_content foreign = feed({with_seq(put_of(numbered(8), 66), 40)}, 50);
  foreign.overlay_id = 12345;
  world.publish(std::move(foreign));
  for (const bool restarted : {false, true}) {
    restarted ? world.start() : world.adopt();
    EXPECT_EQ(world.ask(kind::host, numbered(1)).score, 77) << restarted;
    EXPECT_EQ(world.ask(kind::host, numbered(9)).score, 88) << restarted;
    EXPECT_EQ(world.ask(kind::host, numbered(8)).score, 66) << restarted;
    EXPECT_EQ(listed(live_layer::override).size(), 1U);
    EXPECT_EQ(listed(live_layer::live).size(), 2U);
  }
}

// A dry run may ask while a load is about to read its own.
TEST_F(serving_store_test, the_last_two_folds_are_kept) {
  world.publish(feed());
  world.start();
  const auto is_there = [this](int number) {
    return std::filesystem::exists(world.folder.path() / "overlay" /
                                   ("fold-" + std::to_string(number)));
  };
  for (int i = 1; i <= 3; ++i) {
    world.must_change(put_of(numbered(static_cast<std::uint8_t>(i)), 1));
    const auto made = world->fold();
    ASSERT_TRUE(made);
    EXPECT_EQ(made->name, "fold-" + std::to_string(i));
    EXPECT_EQ(made->seq, static_cast<std::uint64_t>(i));
    EXPECT_EQ(world->fold()->name, made->name) << "nothing was said since";
    EXPECT_TRUE(is_there(i) && (i == 1 || is_there(i - 1)));
  }
  EXPECT_FALSE(is_there(1));
}

TEST_F(serving_store_test, another_salt_or_a_broken_live_part_is_not_adopted) {
  world.publish(feed());
  world.start();
  store::snapshot_content other = feed();
  other.salt_fp = {1, 2};
  world.publish(std::move(other));
  auto opened = store::snapshot::open(world.folder.path(), 2, store::storage_mode::mmap);
  ASSERT_TRUE(opened);
  const auto refused = world->adopt(std::move(*opened));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, store_error::foreign_salt);
  EXPECT_EQ(world.ask(kind::host, numbered(1)).score, 1);
}

TEST_F(serving_store_test, reports_of_a_text_make_a_campaign) {
  world.publish(feed());
  world.start();
  EXPECT_EQ(world.ask_text(signature_of_text(1)).status, status::not_listed);
  auto now = world.must_change(report(1, "ann")).now;
  EXPECT_EQ(now[0].status, status::near) << "one report is a hint";
  EXPECT_EQ(now[0].category, text_signature::band_count) << "the votes";
  now = world.must_change(report(1, "bob")).now;
  EXPECT_EQ(now[0].status, status::listed);
  EXPECT_EQ(now[0].verdict, verdict::spam);
  EXPECT_EQ(now[0], world.ask_text(signature_of_text(1)));
  const answer near = world.ask_text(signature_of_text(1, 3));
  EXPECT_EQ(near.status, status::listed);
  EXPECT_EQ(near.category, text_signature::band_count - 10);
  EXPECT_EQ(world.ask_text(signature_of_text(2)).status, status::not_listed);
  EXPECT_EQ(world->words_about(kind::text_sig, report(1, "ann").key, 0, now_s)->now->status,
            status::listed);

  now = world.must_change(removal_of(report(1, "bob"))).now;
  EXPECT_EQ(now[0].status, status::near) << "what the other one said is left";
  EXPECT_EQ(world.ask_text(signature_of_text(1)).status, status::near);
}

TEST_F(serving_store_test, another_format_of_signatures_is_unsupported) {
  world.publish(feed());
  world.start();
  text_signature other = signature_of_text(1);
  other.format = 2;
  EXPECT_EQ(world.ask_text(other).status, status::unsupported);
}

TEST_F(serving_store_test, campaigns_are_there_after_a_restart_and_out_of_a_snapshot) {
  world.publish(feed());
  world.start();
  world.must_change({report(1, "ann"), report(1, "bob"), report(2, "ann")});
  world.start();
  EXPECT_EQ(world.ask_text(signature_of_text(1)).status, status::listed);
  EXPECT_EQ(world.ask_text(signature_of_text(2)).status, status::near);
  // A load takes them in; the overlay forgets them.
  world.publish(feed(
      {with_seq(report(1, "ann"), 1), with_seq(report(1, "bob"), 2), with_seq(report(2, "ann"), 3)},
      3));
  world.adopt();
  world.must_change(report(2, "bob"));
  EXPECT_EQ(world.ask_text(signature_of_text(1)).status, status::listed);
  EXPECT_EQ(world.ask_text(signature_of_text(2)).status, status::listed);
}

TEST_F(serving_store_test, more_reports_than_there_was_room_for) {
  world.publish(feed());
  world.start();
  for (std::uint32_t text = 0; text < 1000;) {
    std::vector<live_entry> batch;
    for (const std::uint32_t end = text + 50; text < end; ++text) {
      batch.push_back(report(text, "root", 0, live_layer::override));
    }
    world.must_change(batch);
  }
  EXPECT_EQ(world.ask_text(signature_of_text(0)).status, status::listed);
  for (const std::uint32_t text : {500U, 999U}) {
    EXPECT_EQ(world.ask_text(signature_of_text(text)).status, status::near) << "no ordinary mail";
  }
}

TEST_F(serving_store_test, nobody_opens_campaigns_without_end) {
  world.publish(feed());
  world.start();
  std::vector<live_entry> batch;
  for (std::uint32_t text = 0; text <= store::campaigns_a_day_max; ++text) {
    batch.push_back(report(text, "ann"));
  }
  const auto refused = world->change(batch, now_s);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, store_error::bad_rows);
  EXPECT_NE(refused.error().message.find("ann"), std::string::npos);
  EXPECT_EQ(world.ask_text(signature_of_text(0)).status, status::not_listed) << "all or nothing";
  batch.pop_back();
  world.must_change(batch);
  EXPECT_FALSE(world->change({report(50, "ann")}, now_s));
  EXPECT_TRUE(world->change({report(50, "ann")}, now_s + 24 * 3600));
}

}  // namespace
}  // namespace repute::test
