// SPDX-License-Identifier: Apache-2.0
// What was exported and loaded back is the same snapshot: rows, provenance, digest.
#include <random>

#include "../load/load_world.hpp"
#include "repute/seal/digest.hpp"
#include "snapshot/diff.hpp"
#include "snapshot/export.hpp"

namespace repute::load::test {
namespace {

class export_round_trip : public load_world {
 protected:
  [[nodiscard]] std::string exported(const store::snapshot_reader& from, export_format format,
                                     const std::string& feed = {}) const {
    std::string text;
    const auto done = snapshot::export_snapshot(from, format, feed, [&](std::string_view lines) {
      text += lines;
      return true;
    });
    EXPECT_TRUE(done);
    return text;
  }
  // Loads an export into a directory of its own.
  [[nodiscard]] load_summary load_back(const std::string& text, const std::string& into) {
    load_request wanted;
    wanted.db = file(into);
    wanted.export_file = folder_.write(into + ".export", text).string();
    return must_load(wanted);
  }

  // Feeds with everything a row may have.
  void load_a_bit_of_everything(unsigned seed) {
    std::mt19937_64 random(seed);
    const auto pick = [&](std::size_t limit) { return random() % limit; };
    std::string csv = "key,why,score,until\n";
    for (int i = 0; i < 200; ++i) {
      csv += "\"h" + std::to_string(pick(80)) + ".x" + std::to_string(pick(5)) + ".example\",";
      csv += pick(3) == 0 ? "\"line\nbreak, \"\"quoted\"\" \xc3\xa9\","
                          : "caf\xc3\xa9 " + std::to_string(pick(9)) + ",";
      csv += std::to_string(pick(900)) + ",";
      csv += pick(4) == 0 ? std::to_string(load_time_s + 3600 * (1 + pick(50))) + "\n" : "\n";
    }
    feed_spec names = feed("names", csv);
    names.limits.shrink_percent.reset();  // each seed loads something else
    names.format = feed_format::csv;
    names.match = pick(2) == 0 ? name_match::both : name_match::exact;
    names.key_column = "key";
    names.reason_column = "why";
    names.score_column = "score";
    names.expires_column = "until";
    std::string addresses = "2001:db8::/32\n192.0.2.0/24\n!192.0.2.7\n!192.0.2.128/25\n";
    std::string urls = "http://user:secret@u.example/a?b=c\n";
    std::string files;
    for (int i = 0; i < 60; ++i) {
      addresses += "198.51." + std::to_string(pick(4)) + "." + std::to_string(pick(250)) + "\n";
      urls += "https://u" + std::to_string(pick(20)) + ".example/%7Ea/" + std::to_string(pick(9)) +
              "/?q=" + std::to_string(pick(9)) + "\n";
      files += seal::to_hex(seal::sha256(seal::bytes_of(std::to_string(pick(50))))) + "\n";
    }
    must_load({names, feed("addresses", addresses, subject::ip),
               feed("urls", urls, subject::url, verdict::phishing),
               feed("files", files, subject::sha256, verdict::malware),
               feed("friends", "h1.x1.example\nh2.x2.example\n", subject::domain, verdict::trusted),
               feed("none", "# nothing\n"),
               feed("texts", "buy cheap, \"pills\" now\n", subject::text)});
  }
};

TEST_F(export_round_trip, gives_the_same_digest) {
  for (unsigned seed = 0; seed < 4; ++seed) {
    load_a_bit_of_everything(seed);
    const auto original = open();
    for (const auto format : {export_format::csv, export_format::jsonl}) {
      const std::string name =
          "back" + std::to_string(seed) + (format == export_format::csv ? "c" : "j");
      set_time(load_time_s + 60);
      const auto done = load_back(exported(original, format), name);
      set_time(load_time_s);
      EXPECT_EQ(done.content_digest, seal::to_hex(original.meta().content_digest));
      const auto back = store::snapshot_reader::open(file(name), 1);
      ASSERT_TRUE(back);
      int changes = 0;
      ASSERT_TRUE(snapshot::diff(original, *back, {}, [&](const snapshot::change&) {
        ++changes;
        return true;
      }));
      EXPECT_EQ(changes, 0);
      for (std::size_t i = 0; i < original.feeds().size(); ++i) {
        if (original.feeds()[i].name != "test-points") {
          EXPECT_EQ(back->feeds()[i], original.feeds()[i]) << "files, times and counts, too";
        }
      }
      std::vector<std::string> places[2];
      const store::snapshot_reader* readers[2]{&original, &*back};
      for (int side = 0; side < 2; ++side) {
        ASSERT_TRUE(readers[side]->for_each_record([&](const store::record& row) {
          places[side].push_back(std::to_string(row.file) + ":" + std::to_string(row.line));
        }));
      }
      EXPECT_EQ(places[0], places[1]);
    }
  }
}

TEST_F(export_round_trip, replaces_the_feeds_that_it_has_and_keeps_the_others) {
  must_load({feed("a", "one.example\n"), feed("b", "two.example\n")});
  const std::string only_a = exported(open(), export_format::csv, "a");
  EXPECT_EQ(only_a.find("two.example"), std::string::npos);
  must_load({feed("a", "three.example\n"), feed("b", "four.example\n")});
  load_request wanted;
  wanted.db = db();
  wanted.export_file = folder_.write("a.csv", only_a).string();
  must_load(wanted);
  EXPECT_EQ(records(),
            (std::vector<std::string>{"a:a.txt:1 one.example", "b:b.txt:1 four.example"}));
  wanted.only = true;
  must_load(wanted);
  EXPECT_EQ(records(), std::vector<std::string>{"a:a.txt:1 one.example"});
}

TEST_F(export_round_trip, keeps_what_was_said_at_run_time) {
  must_load({feed("a", "one.example\n")});
  std::string text = exported(open(), export_format::jsonl);
  store::live_entry entry;
  entry.layer = store::live_layer::override;
  entry.kind = kind::domain;
  entry.key = seal::fingerprinter(salt_)({kind::domain, "two.example"});
  entry.seq = 12;
  entry.verdict = verdict::none;
  entry.score = -3;
  entry.expires_unix_s = load_time_s + 12345;
  entry.time_unix_s = load_time_s - 1;
  entry.who = "an \xff admin";
  entry.text = "Two.example";
  entry.reason = "a\nb";
  text +=
      R"({"layer":"override","time":"2023-11-14T22:13:19Z","kind":"domain","match":"subdomains",)"
      R"("text":"Two.example","verdict":"none","score":-3,"category":0,"ttl":60,)"
      R"("expires":"2023-11-15T01:39:05Z","reason":"a\nb","action":"put","seq":12,)"
      R"("who":"hex:616e20ff2061646d696e"})"
      "\n";
  text.replace(text.find("\"seq\":0"), 7, "\"seq\":15");
  const auto first = load_back(text, "first");
  const auto reader = store::snapshot_reader::open(file("first"), 1);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->live(), std::vector<store::live_entry>{entry});
  EXPECT_EQ(reader->meta().info.data_seq, 15U);
  const auto again = load_back(exported(*reader, export_format::csv), "again");
  EXPECT_EQ(again.content_digest, first.content_digest);
  EXPECT_FALSE(again.exported_live_left_out);

  // A directory with entries and numbers of its own keeps to them.
  load_request wanted;
  wanted.db = db();
  wanted.export_file = folder_.write("other.jsonl", text).string();
  EXPECT_TRUE(must_load(wanted).exported_live_left_out);
  EXPECT_TRUE(open().live().empty());
  EXPECT_EQ(open().meta().info.data_seq, 0U);
  wanted.db = file("first");
  wanted.only = true;
  const auto in_place = must_load(wanted);
  EXPECT_FALSE(in_place.exported_live_left_out) << "they are there already";
  EXPECT_EQ(in_place.content_digest, first.content_digest);
}

TEST_F(export_round_trip, rows_that_have_ended_since_are_left_out) {
  feed_spec names = feed("a", "one.example\n");
  names.expires_after_s = 3600;
  must_load({names, feed("b", "two.example\n")});
  const std::string text = exported(open(), export_format::csv);
  set_time(load_time_s + 3 * 3600);
  const auto done = load_back(text, "later");
  EXPECT_EQ(done.feeds[0].expired, 1U);
  EXPECT_EQ(done.rows, 1U);
}

TEST_F(export_round_trip, a_broken_export_changes_nothing) {
  must_load({feed("a", "one.example\n")});
  const auto before = *store::read_current(db());
  load_request wanted;
  wanted.db = db();
  wanted.export_file = folder_.write("x.csv", "layer,feed\nrow\n").string();
  const auto failed = must_fail(wanted);
  EXPECT_EQ(failed.exit_code, 65);
  EXPECT_NE(failed.message.find("x.csv:2:1: "), std::string::npos) << failed.message;
  wanted.export_file = file("none.csv");
  EXPECT_EQ(must_fail(wanted).exit_code, 66);
  EXPECT_EQ(*store::read_current(db()), before);
}

TEST_F(export_round_trip, ends_when_nobody_takes_more) {
  load_a_bit_of_everything(1);
  int taken = 0;
  EXPECT_TRUE(snapshot::export_snapshot(open(), export_format::csv, {}, [&](std::string_view) {
    ++taken;
    return false;
  }));
  EXPECT_EQ(taken, 1);
}

}  // namespace
}  // namespace repute::load::test
