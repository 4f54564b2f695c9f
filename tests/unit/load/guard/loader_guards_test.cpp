// SPDX-License-Identifier: Apache-2.0
// Guards in whole loads: what is refused leaves CURRENT alone, what is forced is loaded and told.
#include <algorithm>

#include "../load_world.hpp"

namespace repute::load::test {
namespace {

using strings = std::vector<std::string>;

class loader_guards : public load_world {
 protected:
  // A feed with the limits that feeds have by themselves.
  feed_spec strict(const std::string& name, std::string_view text, subject kind = subject::domain,
                   verdict says = verdict::spam) {
    feed_spec spec = feed(name, text, kind, says);
    spec.limits = {};
    return spec;
  }
  static std::string many(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      text += "h" + std::to_string(i) + ".example\n";
    }
    return text;
  }
  // `RULE FEED COUNT: first` of every report of a load that must be refused.
  strings refused(const load_request& wanted) {
    const auto current = store::read_current(db());
    const auto failed = must_fail(wanted);
    EXPECT_EQ(failed.exit_code, 65) << failed.message;
    const auto after = store::read_current(db());
    EXPECT_EQ(after.has_value(), current.has_value());
    EXPECT_TRUE(!current || *after == *current) << "CURRENT stays";
    return told(failed.objections);
  }
  strings told(const std::vector<guard_report>& reports) const {
    strings out;
    for (const guard_report& report : reports) {
      std::string first = report.first.empty() ? std::string() : report.first.front();
      for (std::size_t at = 0; (at = first.find(file(""))) != std::string::npos;) {
        first.erase(at, file("").size());
      }
      out.push_back(std::string(word(report.rule)) + " " + report.feed + " " +
                    std::to_string(report.count) + ": " + first);
    }
    return out;
  }
};

TEST_F(loader_guards, a_shrunken_feed_is_refused_with_its_difference) {
  must_load({strict("a", many(100)), strict("b", "other.example\n")});
  must_load({strict("a", many(80))});
  const auto failed = must_fail(request({strict("a", many(60) + "new.example\n")}));
  EXPECT_EQ(told(failed.objections),
            strings{"shrink a 1: 61 rows, 80 before: -23.8 %, its limit is -20 %"});
  ASSERT_TRUE(failed.objections[0].difference);
  const feed_difference& keys = *failed.objections[0].difference;
  EXPECT_EQ(keys.added, 1U);
  EXPECT_EQ(keys.removed, 20U);
  EXPECT_EQ(keys.kept, 60U);
  EXPECT_EQ(keys.first_added, strings{"new.example"});
  EXPECT_EQ(keys.first_removed.size(), rows_told_max);
  EXPECT_EQ(*store::read_current(db()), 2U);
  EXPECT_EQ(verdict_of(subject::domain, "h79.example"), verdict::spam) << "the old one serves on";
}

TEST_F(loader_guards, force_loads_what_guards_refuse_and_still_tells_it) {
  must_load({strict("a", many(100))});
  load_request wanted = request({strict("a", "one.example\n")});
  wanted.force = true;
  const auto done = must_load(wanted);
  EXPECT_EQ(done.generation, 2U);
  EXPECT_EQ(told(done.overruled).size(), 1U);
  EXPECT_EQ(verdict_of(subject::domain, "h79.example"), verdict::none);
  EXPECT_EQ(must_load({strict("a", "one.example\n")}).overruled.size(), 0U);
}

TEST_F(loader_guards, one_feed_stops_all_and_all_objections_are_told) {
  const auto found =
      refused(request({strict("a", "good.example\n"), strict("b", ""),
                       strict("c", "9.9.9.9\n10.0.0.1\n10.0.0.2\n8.0.0.0/7\n", subject::ip),
                       strict("d", "com\nexample.com\n")}));
  EXPECT_EQ(found,
            (strings{"empty b 1: an empty list",
                     "width c 1: c.txt:4:1: 8.0.0.0/7 is wider than the feed's limit of /8",
                     "reserved c 2: c.txt:2:1: 10.0.0.1 is inside 10.0.0.0/8, private (RFC 1918)",
                     "suffix d 1: d.txt:1:1: com is a public suffix"}));
}

TEST_F(loader_guards, rows_that_the_feed_had_before_are_not_told_again) {
  const feed_spec nets = strict("a", "10.0.0.1\n!10.0.0.9\n", subject::ip);
  load_request wanted = request({nets, strict("b", "com\n")});
  EXPECT_EQ(refused(wanted).size(), 2U);
  wanted.force = true;
  EXPECT_EQ(must_load(wanted).overruled.size(), 2U);
  wanted.force = false;
  EXPECT_EQ(must_load(wanted).overruled.size(), 0U);
  // Another prefix of the same address, an exclusion that became a listing, a name with what is
  // under it, the same row in another feed.
  EXPECT_EQ(refused(request({strict("a", "10.0.0.0/31\n10.0.0.1\n", subject::ip)})).size(), 1U);
  EXPECT_EQ(refused(request({strict("a", "10.0.0.1\n10.0.0.9\n", subject::ip)})),
            strings{"reserved a 1: a.txt:2:1: 10.0.0.9 is inside 10.0.0.0/8, private (RFC 1918)"});
  feed_spec both = strict("b", "com\n");
  both.match = name_match::both;
  EXPECT_EQ(refused(request({both})).size(), 1U);
  EXPECT_EQ(refused(request({strict("c", "10.0.0.1\n", subject::ip)})).size(), 1U);
}

TEST_F(loader_guards, a_row_that_was_trusted_before_becomes_a_listing) {
  must_load({strict("a", "10.0.0.1\n", subject::ip, verdict::trusted)});
  EXPECT_EQ(refused(request({strict("a", "10.0.0.1\n", subject::ip)})).size(), 1U);
}

TEST_F(loader_guards, wide_networks_are_told_every_time_and_kept_when_forced) {
  feed_spec wide = strict("a", "8.0.0.0/7\n", subject::ip);
  load_request wanted = request({wide});
  wanted.force = true;
  must_load(wanted);
  EXPECT_EQ(verdict_of(subject::ip, "9.1.2.3"), verdict::spam);
  wanted.force = false;
  EXPECT_EQ(refused(wanted).size(), 1U);
  wide.limits.widest_v4 = 7;
  must_load({wide});
}

TEST_F(loader_guards, own_and_allowed_hosts_and_canaries_are_protected) {
  load_request wanted = request(
      {strict("a", "www.corp.example\nbad.example\n"), strict("n", "9.9.9.9\n", subject::ip)});
  wanted.guards.own = {{"corp.example", "f:1:1"}};
  wanted.guards.allow = {{folder_.write("allow.txt", "9.9.9.9\n"), "f:2:1"}};
  wanted.guards.present = {{"bad.example", "f:3:1"}, {"worse.example", "f:3:9"}};
  wanted.guards.absent = {{"good.example", "f:4:1"}, {"9.9.9.9", "f:4:9"}};
  EXPECT_EQ(refused(wanted),
            (strings{"own a 1: a.txt:1:1: www.corp.example is under corp.example, your own",
                     "allow n 1: n.txt:1:1: 9.9.9.9 is 9.9.9.9, on the allow list allow.txt:1",
                     "present  1: worse.example must be listed and would "
                     "not be",
                     "absent  1: 9.9.9.9 must not be listed and would be spam"}));
  wanted.dry_run = true;
  EXPECT_EQ(must_fail(wanted).objections.size(), 4U);
}

TEST_F(loader_guards, canaries_see_networks_and_carried_over_feeds) {
  must_load({strict("nets", "9.9.9.0/24\n2600:1::/32\n", subject::ip)});
  load_request wanted = request({strict("a", "bad.example\n")});
  wanted.guards.present = {{"9.9.9.77", "f"}, {"2600:1::7", "f"}, {"ip:9.9.9.0", "f"}};
  wanted.guards.absent = {{"9.9.8.77", "f"}, {"9.9.10.0", "f"}, {"2600:2::", "f"}};
  EXPECT_EQ(must_load(wanted).generation, 2U);
}

TEST_F(loader_guards, test_points_are_no_canaries) {
  load_request wanted = request({strict("a", "bad.example\n")});
  wanted.guards.present = {{"127.0.0.2", "feeds.toml:1:1"}};
  wanted.guards.absent = {{"127.0.0.1", "feeds.toml:2:1"}};
  const auto failed = must_fail(wanted);
  EXPECT_EQ(failed.exit_code, 78);
  EXPECT_EQ(failed.first_rejects.size(), 2U);
}

// A list that delivers its first page again and again is a short one.
TEST_F(loader_guards, repeated_rows_do_not_hide_a_shrunken_feed) {
  must_load({strict("a", many(40))});
  std::string same;
  for (int i = 0; i < 40; ++i) {
    same += "h0.example\n";
  }
  EXPECT_EQ(refused(request({strict("a", same)})),
            strings{"shrink a 1: 1 rows, 40 before: -97.5 %, its limit is -20 %"});
}

TEST_F(loader_guards, only_compares_with_the_snapshot_in_force_all_the_same) {
  must_load({strict("a", many(100)), strict("b", "other.example\n")});
  load_request wanted = request({strict("a", many(10))});
  wanted.only = true;
  EXPECT_EQ(refused(wanted).size(), 1U);
  wanted.force = true;
  must_load(wanted);
  EXPECT_EQ(open().feeds().size(), 2U) << "a and the test points";
}

TEST_F(loader_guards, guards_that_cannot_be_set_up_stop_a_load) {
  load_request wanted = request({strict("a", "bad.example\n")});
  wanted.guards.own = {{"not a name", "feeds.toml:1:1"}};
  wanted.guards.allow = {{file("nowhere.txt"), "feeds.toml:2:1"}};
  wanted.force = true;
  const auto failed = must_fail(wanted);
  EXPECT_EQ(failed.exit_code, 78);
  EXPECT_EQ(failed.first_rejects.size(), 2U);
  EXPECT_EQ(failed.first_rejects.at(0).substr(0, 16), "feeds.toml:1:1: ");
}

}  // namespace
}  // namespace repute::load::test
