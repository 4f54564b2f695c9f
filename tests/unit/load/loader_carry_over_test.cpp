// SPDX-License-Identifier: Apache-2.0
// What a load keeps of the snapshot before it.
#include "load_world.hpp"

namespace repute::load::test {
namespace {

using carry_over = load_world;
using strings = std::vector<std::string>;

TEST_F(carry_over, other_feeds_stay_and_a_named_one_is_replaced) {
  must_load({feed("a", "one.example\n"), feed("b", "\ntwo.example\n")});
  const auto done = must_load({feed("a", "three.example\n")});
  EXPECT_EQ(done.generation, 2U);
  EXPECT_EQ(done.rows, 2U);
  ASSERT_EQ(done.feeds.size(), 2U);
  EXPECT_FALSE(done.feeds[0].carried_over);
  EXPECT_TRUE(done.feeds[1].carried_over);
  EXPECT_EQ(records(), (strings{"a:a.txt:1 three.example", "b:b.txt:2 two.example"}));
  EXPECT_EQ(verdict_of(subject::domain, "one.example"), verdict::none);
  EXPECT_EQ(verdict_of(subject::domain, "two.example"), verdict::spam);
}

TEST_F(carry_over, a_feed_that_became_empty_has_no_rows) {
  must_load({feed("a", "one.example\n")});
  must_load({feed("a", "")});
  EXPECT_EQ(records(), strings{});
}

TEST_F(carry_over, only_drops_all_other_feeds) {
  must_load({feed("a", "one.example\n"), feed("b", "two.example\n")});
  load_request wanted = request({feed("a", "three.example\n")});
  wanted.only = true;
  must_load(wanted);
  EXPECT_EQ(records(), strings{"a:a.txt:1 three.example"});
  EXPECT_EQ(open().feeds().size(), 2U) << "a and the test points";
}

// Numbers of feeds move when one is put before them by name.
TEST_F(carry_over, rows_keep_their_feed_when_others_come_before_it) {
  must_load({feed("m", "one.example\n")});
  must_load({feed("a", "two.example\n")});
  must_load({feed("z", "three.example\n")});
  EXPECT_EQ(records(),
            (strings{"a:a.txt:1 two.example", "m:m.txt:1 one.example", "z:z.txt:1 three.example"}));
}

TEST_F(carry_over, the_history_of_loads_leaves_no_trace_in_the_content) {
  must_load({feed("m", "one.example\n")});
  const auto stepwise = must_load({feed("a", "10.0.0.0/8\n", subject::ip)}).content_digest;
  load_request at_once =
      request({feed("a", "10.0.0.0/8\n", subject::ip), feed("m", "one.example\n")});
  at_once.db = file("other");
  EXPECT_EQ(must_load(at_once).content_digest, stepwise);
}

TEST_F(carry_over, expired_rows_are_dropped) {
  feed_spec short_lived = feed("a", "one.example\n");
  short_lived.expires_after_s = 7200;
  must_load({short_lived, feed("b", "two.example\n")});
  EXPECT_EQ(ask(subject::domain, "one.example", load_time_s + 7200).verdict, verdict::spam)
      << "rounded up to the hour";
  EXPECT_EQ(ask(subject::domain, "one.example", load_time_s + 3 * 3600).verdict, verdict::none);
  set_time(load_time_s + 3600);
  must_load({feed("c", "")});
  EXPECT_EQ(records().size(), 2U);
  set_time(load_time_s + 3 * 3600);
  const auto done = must_load({feed("c", "")});
  EXPECT_EQ(records(), strings{"b:b.txt:1 two.example"});
  ASSERT_EQ(done.feeds.size(), 3U);
  EXPECT_EQ(done.feeds[0].rows, 0U) << "what ended is not counted";
  EXPECT_EQ(open().feeds()[0].rows, 0U);
}

TEST_F(carry_over, ttl_is_cut_at_the_end_of_a_row) {
  feed_spec short_lived = feed("a", "one.example\n");
  short_lived.expires_after_s = 3600;
  short_lived.cache_ttl_s = 5000;
  must_load({short_lived});
  const std::uint64_t end_s = (load_time_s + 3600 + 3599) / 3600 * 3600;
  EXPECT_EQ(ask(subject::domain, "one.example", end_s - 10).ttl_s, 10);
  EXPECT_EQ(ask(subject::domain, "one.example", end_s).status, status::not_listed);
}

TEST_F(carry_over, the_epoch_is_the_deployment_s) {
  ::unsetenv("SOURCE_DATE_EPOCH");
  must_load({feed("a", "one.example\n")});
  const auto epoch = open().meta().info.data_epoch;
  must_load({feed("b", "two.example\n")});
  EXPECT_EQ(open().meta().info.data_epoch, epoch);
  load_request wanted = request({feed("a", "three.example\n")});
  wanted.only = true;
  must_load(wanted);
  EXPECT_EQ(open().meta().info.data_epoch, epoch) << "--only drops rows, not the deployment";
}

TEST_F(carry_over, another_salt_is_refused_and_only_begins_a_new_epoch) {
  ::unsetenv("SOURCE_DATE_EPOCH");
  must_load({feed("a", "one.example\n")});
  const auto epoch = open().meta().info.data_epoch;
  std::ofstream(db() + "/salt") << std::string(64, '7') << "\n";
  load_request wanted = request({feed("b", "two.example\n")});
  const auto failed = must_fail(wanted);
  EXPECT_EQ(failed.exit_code, 65);
  EXPECT_NE(failed.message.find("--only"), std::string::npos);
  wanted.only = true;
  EXPECT_FALSE(must_load(wanted).public_salt);
  EXPECT_NE(open().meta().info.data_epoch, epoch);
  salt_.bytes.fill(0x77);
  EXPECT_EQ(verdict_of(subject::domain, "two.example"), verdict::spam);
}

TEST_F(carry_over, a_damaged_current_stops_a_load_but_not_only) {
  load_request wanted = request({feed("a", "one.example\n")});
  must_load(wanted);
  for (const char* text : {"", "one\n"}) {
    folder_.write("db/CURRENT", text);
    EXPECT_EQ(must_fail(wanted).exit_code, 65);
    wanted.only = true;
    must_load(wanted);
    wanted.only = false;
    must_load(wanted);
  }
}

TEST_F(carry_over, a_damaged_predecessor_stops_a_load_but_not_only) {
  must_load({feed("a", "one.example\n")});
  const auto path = store::snapshot_path(db(), 1);
  std::filesystem::remove(path);
  std::ofstream(path) << "damaged";
  load_request wanted = request({feed("b", "two.example\n")});
  EXPECT_EQ(must_fail(wanted).exit_code, 65);
  EXPECT_EQ(*store::read_current(db()), 1U);
  wanted.only = true;
  EXPECT_EQ(must_load(wanted).generation, 2U);
}

}  // namespace
}  // namespace repute::load::test
