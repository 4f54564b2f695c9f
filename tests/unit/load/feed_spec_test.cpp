// SPDX-License-Identifier: Apache-2.0
#include "load/feed_spec.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace repute::load {
namespace {

TEST(durations, are_numbers_with_a_unit) {
  EXPECT_EQ(parse_duration_s("0"), 0U);
  EXPECT_EQ(parse_duration_s("90"), 90U);
  EXPECT_EQ(parse_duration_s("90s"), 90U);
  EXPECT_EQ(parse_duration_s("15m"), 900U);
  EXPECT_EQ(parse_duration_s("24h"), 86400U);
  EXPECT_EQ(parse_duration_s("30d"), 30 * 86400U);
  for (const char* bad : {"", "s", "d", "-1", "+1", " 1", "1 ", "1 d", "1.5h", "1w", "1D", "1hh",
                          "0x10", "18446744073709551615d", "99999999999999999999", "1h30m"}) {
    EXPECT_FALSE(parse_duration_s(bad)) << bad;
  }
}

TEST(times, are_dates_times_or_unix_seconds) {
  EXPECT_EQ(parse_time_unix_s("0"), 0U);
  EXPECT_EQ(parse_time_unix_s("1700000000"), 1'700'000'000U);
  EXPECT_EQ(parse_time_unix_s("1970-01-02"), 86400U);
  EXPECT_EQ(parse_time_unix_s("2026-12-31"), 1'798'675'200U);
  EXPECT_EQ(parse_time_unix_s("2026-12-31 12:00:01"), 1'798'675'200U + 43201);
  EXPECT_EQ(parse_time_unix_s("2026-12-31T12:00:01"), 1'798'675'200U + 43201);
  EXPECT_EQ(parse_time_unix_s("2026-12-31T12:00:01Z"), 1'798'675'200U + 43201);
  EXPECT_EQ(parse_time_unix_s("2024-02-29"), 1'709'164'800U);
  for (const char* bad : {"",
                          "-1",
                          "2026-1-1",
                          "2026-13-01",
                          "2026-02-29",
                          "2026-00-10",
                          "2026-01-00",
                          "1969-12-31",
                          "2026/12/31",
                          "31-12-2026",
                          "2026-12-31 ",
                          "2026-12-31T",
                          "2026-12-31T12",
                          "2026-12-31T12:00",
                          "2026-12-31T24:00:00",
                          "2026-12-31T12:60:00",
                          "2026-12-31x12:00:00",
                          "2026-12-31T12:00:00+01",
                          "2026-12-31T12-00-00",
                          "2026-12-31T12:00:00ZZ",
                          "20261-2-31",
                          "99999999999999",
                          "never",
                          "+026-12-31",
                          "2026-12-31T12:00:00z "}) {
    EXPECT_FALSE(parse_time_unix_s(bad)) << bad;
  }
}

TEST(words, are_known_both_ways) {
  for (auto number = 0; number <= static_cast<int>(feed_format::jsonl); ++number) {
    const auto format = static_cast<feed_format>(number);
    EXPECT_EQ(format_from_word(word(format)), format);
  }
  EXPECT_FALSE(format_from_word("CSV"));
  EXPECT_EQ(match_from_word("both"), name_match::both);
  EXPECT_FALSE(match_from_word(""));
}

feed_spec good() {
  feed_spec spec;
  spec.name = "feed";
  spec.files = {"file"};
  return spec;
}

std::size_t mistakes(const feed_spec& spec) {
  std::vector<spec_problem> problems;
  check_feed(spec, "here", problems);
  for (const spec_problem& problem : problems) {
    EXPECT_EQ(problem.where, "here");
    EXPECT_FALSE(problem.what.empty());
  }
  return problems.size();
}

template <class Change>
std::size_t mistakes_with(Change change) {
  feed_spec spec = good();
  change(spec);
  return mistakes(spec);
}

TEST(feed_check, takes_a_good_one) {
  EXPECT_EQ(mistakes(good()), 0U);
}

// Whoever can forge a key must not be able to acquit himself with it.
TEST(feed_check, refuses_trusted_for_keys_that_can_be_forged) {
  const auto refused = [](subject kind) {
    return mistakes_with([&](feed_spec& s) {
             s.subject = kind;
             s.verdict = verdict::trusted;
           }) != 0;
  };
  for (const subject kind : {subject::email_md5, subject::md5, subject::image_md5,
                             subject::name_md5, subject::text, subject::textsig}) {
    EXPECT_TRUE(refused(kind)) << word(kind);
  }
  for (const subject kind : {subject::ip, subject::domain, subject::url, subject::email,
                             subject::sha256, subject::avrec}) {
    EXPECT_FALSE(refused(kind)) << word(kind);
  }
}

TEST(feed_check, refuses_what_does_not_go_together) {
  EXPECT_EQ(mistakes_with([](feed_spec& s) { s.name = ""; }), 1U);
  EXPECT_EQ(mistakes_with([](feed_spec& s) { s.name = std::string(65, 'a'); }), 1U);
  EXPECT_EQ(mistakes_with([](feed_spec& s) { s.name = std::string(64, 'a'); }), 0U);
  for (const char* bad : {"a b", "a/b", "\xC3\xA4", "a\n", "test-points"}) {
    EXPECT_EQ(mistakes_with([&](feed_spec& s) { s.name = bad; }), 1U) << bad;
  }
  EXPECT_EQ(mistakes_with([](feed_spec& s) { s.files = {}; }), 1U);
  EXPECT_EQ(mistakes_with([](feed_spec& s) { s.files.resize(65536, "f"); }), 1U);
  EXPECT_EQ(mistakes_with([](feed_spec& s) { s.verdict = verdict::none; }), 1U);
  EXPECT_EQ(mistakes_with([](feed_spec& s) { s.subject = subject::textsig; }), 1U);
  EXPECT_EQ(mistakes_with([](feed_spec& s) {
              s.match = name_match::both;
              s.subject = subject::url;
            }),
            1U);
  EXPECT_EQ(mistakes_with([](feed_spec& s) {
              s.format = feed_format::hosts;
              s.subject = subject::ip;
            }),
            1U);
  EXPECT_EQ(mistakes_with([](feed_spec& s) { s.score_column.emplace(std::uint32_t{2}); }), 1U);
  EXPECT_EQ(mistakes_with([](feed_spec& s) {
              s.score_column.emplace(std::uint32_t{2});
              s.format = feed_format::tsv;
            }),
            0U);
}

TEST(feed_check, formats_of_other_kinds_are_refused) {
  EXPECT_EQ(mistakes_with([](feed_spec& s) { s.format = feed_format::feodo; }), 1U);
  EXPECT_EQ(mistakes_with([](feed_spec& s) {
              s.format = feed_format::nsrl;
              s.subject = subject::md5;
            }),
            0U);
  EXPECT_EQ(mistakes_with([](feed_spec& s) {
              s.format = feed_format::stix;
              s.subject = subject::image_md5;
            }),
            1U);
  EXPECT_EQ(mistakes_with([](feed_spec& s) {
              s.format = feed_format::stix;
              static_cast<void>(imply_subject(s));
              s.match = name_match::both;
            }),
            0U)
      << "it may hold names";
}

TEST(feed_check, columns_of_json_lines_are_names) {
  feed_spec spec = good();
  spec.format = feed_format::jsonl;
  EXPECT_EQ(mistakes(spec), 1U);
  spec.key_column = "key";
  EXPECT_EQ(mistakes(spec), 0U);
  spec.subject_column.emplace(std::uint32_t{2});
  EXPECT_EQ(mistakes(spec), 1U);
}

TEST(imply_subject, by_the_format) {
  feed_spec spec = good();
  EXPECT_FALSE(imply_subject(spec)) << "a list may hold anything";
  spec.subject_column.emplace("type");
  EXPECT_TRUE(imply_subject(spec)) << "its rows say it";
  EXPECT_FALSE(spec.subject_given);
  spec.format = feed_format::feodo;
  EXPECT_TRUE(imply_subject(spec));
  EXPECT_TRUE(spec.subject_given);
  EXPECT_EQ(spec.subject, subject::ip);
  spec.format = feed_format::stix;
  EXPECT_TRUE(imply_subject(spec));
  EXPECT_FALSE(spec.subject_given) << "rows of every kind are taken";
}

TEST(feed_check, tells_all_mistakes_at_once) {
  EXPECT_EQ(mistakes_with([](feed_spec& s) {
              s.name = "";
              s.files = {};
              s.verdict = verdict::none;
            }),
            3U);
}

}  // namespace
}  // namespace repute::load
