// SPDX-License-Identifier: Apache-2.0
// Whole loads: what is in the snapshot, what stops a load, and that the same rows give the same
// bytes.
#include "load/loader.hpp"

#include <algorithm>
#include <random>

#include "load_world.hpp"
#include "repute/schema/test_points.hpp"

namespace repute::load::test {
namespace {

using loader = load_world;
using strings = std::vector<std::string>;

TEST_F(loader, loads_and_answers) {
  const auto done = must_load(
      {feed("a", "one.example\n# c\ntwo.example\n"),
       feed("b", "192.0.2.0/24\n!192.0.2.9\n198.51.100.7\n", subject::ip, verdict::blacklisted)});
  EXPECT_EQ(done.generation, 1U);
  EXPECT_EQ(done.rejected, 0U);
  EXPECT_TRUE(done.public_salt);
  ASSERT_EQ(done.feeds.size(), 2U);
  EXPECT_EQ(done.feeds[1].rows, 3U);
  EXPECT_EQ(verdict_of(subject::domain, "one.example"), verdict::spam);
  EXPECT_EQ(verdict_of(subject::domain, "three.example"), verdict::none);
  EXPECT_EQ(verdict_of(subject::ip, "192.0.2.8"), verdict::blacklisted);
  EXPECT_EQ(ask(subject::ip, "192.0.2.9").verdict, verdict::none);
  EXPECT_EQ(verdict_of(subject::ip, "198.51.100.7"), verdict::blacklisted);
  EXPECT_EQ(verdict_of(subject::ip, "198.51.100.8"), verdict::none);
  EXPECT_EQ(records(),
            (strings{"a:a.txt:1 one.example", "a:a.txt:3 two.example", "b:b.txt:1 192.0.2.0/24",
                     "b:b.txt:2 192.0.2.9", "b:b.txt:3 198.51.100.7"}));
}

TEST_F(loader, every_test_point_is_in_every_snapshot) {
  feed_spec nets =
      feed("nets", "127.0.0.0/8\n127.0.0.1\n127.0.0.2\n2001:db8::/32\n0.0.0.0/0\n::/0\n",
           subject::ip, verdict::malware);
  nets.limits.widest_v4 = 0;
  nets.limits.widest_v6 = 0;
  nets.expires_after_s = 7200;
  feed_spec names = feed("names", "invalid\ntest\nexample.invalid\nexample.test\n", subject::domain,
                         verdict::trusted);
  names.match = name_match::both;
  feed_spec urls = feed("urls", "http://invalid/\nhttp://test/\n", subject::url, verdict::malware);
  urls.expires_after_s = 3600;
  must_load({nets, names, urls, feed("ids", "EICAR-Test-File\ninvalid\n", subject::avrec)});
  for (const unsigned later : {0U, 3600U, 7200U, 86400U}) {
    for (const test_point& point : test_points()) {
      const answer got = ask({point.kind, canonical_of(point)}, load_time_s + later);
      EXPECT_EQ(got.status, point.always_hit() ? status::listed : status::not_listed)
          << name(point.kind) << " " << point.text << " +" << later;
      EXPECT_EQ(got.verdict, point.hit_verdict) << name(point.kind) << " " << point.text;
    }
  }
}

TEST_F(loader, an_empty_load_has_the_test_points) {
  EXPECT_EQ(must_load({feed("a", "")}).rows, 0U);
  EXPECT_EQ(verdict_of(subject::domain, "test"), verdict::spam);
  EXPECT_EQ(verdict_of(subject::ip, "127.0.0.2"), verdict::blacklisted);
}

TEST_F(loader, a_bad_row_ends_the_load_with_its_place_and_nothing_changes) {
  must_load({feed("a", "one.example\n")});
  const auto failed = must_fail(request({feed("a", "two.example\n  bad..name\n")}));
  EXPECT_EQ(failed.exit_code, 65);
  ASSERT_EQ(failed.first_rejects.size(), 1U);
  EXPECT_NE(failed.first_rejects[0].find("a.txt:2:3: "), std::string::npos)
      << failed.first_rejects[0];
  EXPECT_EQ(*store::read_current(db()), 1U);
  EXPECT_EQ(verdict_of(subject::domain, "one.example"), verdict::spam);
}

TEST_F(loader, good_rows_load_up_to_the_limit_and_bad_ones_are_written) {
  load_request wanted = request({feed("a", "one.example\n*.x\n\"two\"\nthree.example\n")});
  wanted.reject_file = file("rejects.csv");
  wanted.max_rejects = parse_reject_limit("2");
  const auto done = must_load(wanted);
  EXPECT_EQ(done.rejected, 2U);
  EXPECT_EQ(done.rows, 2U);
  ASSERT_EQ(done.first_rejects.size(), 2U);
  EXPECT_NE(done.first_rejects[0].find("a.txt:2:1: "), std::string::npos);
  const std::string written = repute::test::read_file(wanted.reject_file);
  EXPECT_EQ(written.substr(0, 28), "file,line,column,reason,row\n");
  EXPECT_NE(written.find(",2,1,"), std::string::npos);
  EXPECT_NE(written.find("\"\"\"two\"\"\"\n"), std::string::npos);
  wanted.max_rejects = parse_reject_limit("1");
  EXPECT_EQ(must_fail(wanted).exit_code, 65);
  wanted.max_rejects = parse_reject_limit("50%");
  EXPECT_EQ(must_load(wanted).rejected, 2U);
  wanted.max_rejects = parse_reject_limit("49.9%");
  EXPECT_EQ(must_fail(wanted).exit_code, 65);
}

// No byte of a password reaches an error message or a file.
TEST_F(loader, bad_urls_do_not_tell_their_passwords) {
  load_request wanted = request({feed("a", "http://user:secret@host:99999/\n", subject::url)});
  const auto failed = must_fail(wanted);
  EXPECT_EQ(failed.message.find("secret"), std::string::npos) << failed.message;
  wanted.max_rejects = parse_reject_limit("1");
  for (const std::string& first : must_load(wanted).first_rejects) {
    EXPECT_EQ(first.find("secret"), std::string::npos) << first;
  }
}

TEST_F(loader, limits_on_rows_and_missing_files_stop_a_load) {
  feed_spec many = feed("a", "a.example\nb.example\nc.example\n");
  many.limits.rows = 2;
  EXPECT_EQ(must_fail(request({many})).exit_code, 65);
  many.limits.rows = 3;
  EXPECT_EQ(must_load({many}).rows, 3U);
  feed_spec missing = feed("a", "");
  missing.files = {"nowhere.txt"};
  const auto failed = must_fail(request({missing}));
  EXPECT_EQ(failed.exit_code, 66);
  EXPECT_NE(failed.message.find("nowhere.txt"), std::string::npos);
  missing.files = {"."};
  EXPECT_EQ(must_fail(request({missing})).exit_code, 65) << "a folder is no data";
  EXPECT_EQ(must_fail(request({feed("a", "PK\x03\x04")})).exit_code, 65) << "nor is an archive";
}

TEST_F(loader, what_was_recognised_and_skipped_is_in_the_summary) {
  feed_spec rules = feed("a", "! rules\n||bad.example^\n||bad.example/path\n||192.0.2.7^\n");
  rules.format = feed_format::automatic;
  ASSERT_TRUE(imply_subject(rules));
  const load_summary summary = must_load({rules});
  ASSERT_FALSE(summary.feeds.empty());
  EXPECT_EQ(summary.feeds[0].recognised, "adblock");
  EXPECT_EQ(summary.feeds[0].rows, 2U);
  EXPECT_EQ(summary.feeds[0].skipped, 1U);
  EXPECT_EQ(verdict_of(subject::domain, "bad.example"), verdict::spam);
  EXPECT_EQ(verdict_of(subject::ip, "192.0.2.7"), verdict::spam);
}

TEST_F(loader, a_cut_archive_stops_a_load) {
  feed_spec cut = feed("a", std::string("\x1F\x8B\x08\0\0\0\0\0\0\x03", 10));
  const auto failed = must_fail(request({cut}));
  EXPECT_EQ(failed.exit_code, 65);
  EXPECT_NE(failed.message.find("a.txt:1:1: the gzip data ends early"), std::string::npos)
      << failed.message;
}

TEST_F(loader, a_second_load_at_once_is_told_busy) {
  const auto lock = store::write_lock::acquire(db());
  ASSERT_TRUE(lock);
  EXPECT_EQ(must_fail(request({feed("a", "one.example\n")})).exit_code, 75);
}

TEST_F(loader, a_dry_run_reads_and_resolves_and_writes_nothing) {
  load_request wanted = request({feed("a", "one.example\n192\n")});
  wanted.dry_run = true;
  EXPECT_EQ(must_fail(wanted).exit_code, 65);
  wanted.feeds = {feed("a", "one.example\n")};
  const auto done = must_load(wanted);
  EXPECT_EQ(done.generation, 0U);
  EXPECT_EQ(done.rows, 1U);
  EXPECT_FALSE(std::filesystem::exists(db()));
}

// The same rows in another order, split over several files, with other comments between them.
TEST_F(loader, the_content_digest_does_not_depend_on_order_or_split) {
  std::mt19937_64 random(5);
  strings rows;
  for (int i = 0; i < 2000; ++i) {
    rows.push_back("h" + std::to_string(i % 1500) + ".example" + (i % 3 == 0 ? ".com" : ".org"));
  }
  const auto digest_of = [&](std::size_t files, bool feeds_swapped) {
    std::shuffle(rows.begin(), rows.end(), random);
    feed_spec names = feed("names", "");
    names.match = name_match::both;
    names.files.clear();
    for (std::size_t f = 0; f < files; ++f) {
      std::string text = "# part " + std::to_string(f) + "\n";
      for (std::size_t i = f; i < rows.size(); i += files) {
        text += rows[i] + "\n";
      }
      names.files.push_back("part" + std::to_string(f));
      folder_.write(names.files.back(), text);
    }
    const feed_spec nets = feed(
        "a-nets",
        files == 1 ? "10.0.0.0/8\n!10.1.0.0/16\n9.9.9.9\n" : "9.9.9.9\n!10.1.0.0/16\n10.0.0.0/8\n",
        subject::ip);
    load_request wanted =
        request(feeds_swapped ? std::vector{nets, names} : std::vector{names, nets});
    wanted.only = true;
    set_time(load_time_s + files);
    return must_load(wanted).content_digest;
  };
  const std::string one = digest_of(1, false);
  EXPECT_EQ(one.size(), 64U);
  const std::string many = digest_of(7, true);
  rows.push_back("one.more.example");
  const std::string other = digest_of(1, false);
  EXPECT_NE(other, one);
  EXPECT_EQ(digest_of(3, false), other);
  EXPECT_EQ(many.size(), 64U);
}

TEST_F(loader, the_text_of_a_row_is_content_but_its_place_is_not) {
  load_request wanted = request({feed("a", "\n\n\nOne.example\n")});
  const auto shifted = must_load(wanted).content_digest;
  wanted.feeds = {feed("a", "One.example\n")};
  EXPECT_EQ(must_load(wanted).content_digest, shifted);
  wanted.feeds = {feed("a", "one.example\n")};
  EXPECT_NE(must_load(wanted).content_digest, shifted);
}

TEST_F(loader, the_same_input_at_the_same_time_gives_the_same_file) {
  const auto bytes_of = [&](const std::string& database) {
    load_request wanted = request({feed("a", "one.example\ntwo.example\n"),
                                   feed("b", "10.0.0.0/8\n2001:db8::1\n", subject::ip)});
    wanted.db = database;
    must_load(wanted);
    return repute::test::read_file(store::snapshot_path(database, 1));
  };
  const std::string first = bytes_of(file("db1"));
  EXPECT_GT(first.size(), 10000U);
  EXPECT_TRUE(first == bytes_of(file("db2")));
}

TEST_F(loader, repeated_rows_are_kept_once_with_the_first_place) {
  must_load({feed("a", "one.example\none.example\n\none.example\n")});
  EXPECT_EQ(records(), strings{"a:a.txt:1 one.example"});
}

TEST_F(loader, a_broken_salt_stops_a_load) {
  std::filesystem::create_directories(db());
  std::ofstream(db() + "/salt") << "no salt\n";
  EXPECT_EQ(must_fail(request({feed("a", "one.example\n")})).exit_code, 78);
}

TEST_F(loader, reports_progress_within_bounds) {
  std::string text;
  for (int i = 0; i < 40000; ++i) {
    text += "h" + std::to_string(i) + ".example\n";
  }
  double last = -1;
  const auto done = run_load(request({feed("a", text)}), [&](const load_progress& seen) {
    EXPECT_GE(seen.done, 0);
    EXPECT_LE(seen.done, 1);
    if (seen.stage == "a") {
      EXPECT_GE(seen.done, last);
      last = seen.done;
    }
  });
  EXPECT_TRUE(std::holds_alternative<load_summary>(done));
  EXPECT_GT(last, 0);
}

}  // namespace
}  // namespace repute::load::test
