// SPDX-License-Identifier: Apache-2.0
// Exported snapshots: fields and lines there and back, and what is refused.
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <memory>

#include "load/export_source.hpp"

namespace repute::load {
namespace {

constexpr std::string_view head = "snapshot,,,,2026-01-02T03:04:05Z,,,,,,,,,,,,,7,,\n";

std::string with_head(std::string_view rest) {
  return export_header() + std::string(head) + std::string(rest);
}

// `line:column: what` of the first problem, or nothing.
std::string problem_of(std::string_view text) {
  auto opened = export_source::open(std::make_unique<memory_input>(text));
  std::optional<export_problem> problem;
  if (const auto* why = std::get_if<export_problem>(&opened)) {
    problem = *why;
  } else {
    const canon::canonicalizer canon;
    const row_compiler compiler(canon, {}, 0);
    problem =
        std::get<export_source>(opened).read_rows(compiler, [](const store::record&, position) {});
  }
  return problem ? std::to_string(problem->what.at.line) + ":" +
                       std::to_string(problem->what.at.column) + ": " + problem->what.what
                 : std::string();
}

struct owned_line {
  std::string feed, file, text, reason, who;
  export_line line;
};

rc::Gen<std::string> any_text() {
  return rc::gen::oneOf(
      rc::gen::container<std::string>(rc::gen::arbitrary<char>()),
      rc::gen::container<std::string>(
          rc::gen::element('"', ',', '\r', '\n', ' ', '\t', 'h', 'e', 'x', ':', '\0', '\xc3', '#')),
      rc::gen::just(std::string("hex:")), rc::gen::just(std::string("\xef\xbb\xbf")));
}

// Rows and entries of any content; what a layer has no column for stays at its default.
owned_line any_line() {
  owned_line out;
  out.line.layer = *rc::gen::element(export_layer::row, export_layer::live, export_layer::override,
                                     export_layer::file, export_layer::feed);
  const bool row = out.line.layer == export_layer::row;
  const bool said =
      out.line.layer == export_layer::live || out.line.layer == export_layer::override;
  const auto time = rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 40);
  if (!said) {
    out.feed = "feed-" + std::to_string(*rc::gen::inRange(0, 99));
  }
  if (row || out.line.layer == export_layer::file) {
    out.file = *any_text();
  }
  if (out.line.layer != export_layer::file) {
    out.line.time_unix_s = *time;
  }
  if (out.line.layer == export_layer::feed) {
    out.line.rows = *rc::gen::arbitrary<std::uint64_t>();
  }
  if (row || said) {
    out.line.subject = *rc::gen::elementOf(std::vector(all_subjects.begin(), all_subjects.end()));
    out.line.subdomains = out.line.subject == subject::domain && *rc::gen::arbitrary<bool>();
    out.line.prefix_length =
        static_cast<std::uint8_t>(out.line.subject == subject::ip ? *rc::gen::inRange(0, 129) : 0);
    out.text = *any_text();
    out.reason = *any_text();
    out.line.verdict = *rc::gen::elementOf(std::vector(all_verdicts.begin(), all_verdicts.end()));
    out.line.score = *rc::gen::inRange<std::int16_t>(score_min, score_max + 1);
    out.line.category = *rc::gen::inRange<std::uint16_t>(0, category_max + 1);
    out.line.ttl_s = *rc::gen::arbitrary<std::uint16_t>();
    out.line.expires_unix_s = *time;
  }
  if (row) {
    out.line.line = *rc::gen::arbitrary<std::uint32_t>();
    out.line.exclusion = *rc::gen::arbitrary<bool>();
  }
  if (said) {
    out.line.removal = *rc::gen::arbitrary<bool>();
    out.line.seq = *rc::gen::inRange<std::uint64_t>(1, ~std::uint64_t{0});
    out.who = *any_text();
  }
  return out;
}

export_line view_of(const owned_line& from) {
  export_line out = from.line;
  out.feed = from.feed;
  out.file = from.file;
  out.text = from.text;
  out.reason = from.reason;
  out.who = from.who;
  return out;
}

RC_GTEST_PROP(export_line, comes_back_from_either_format, ()) {
  const auto format = *rc::gen::element(export_format::csv, export_format::jsonl);
  std::vector<owned_line> lines;
  for (int i = *rc::gen::inRange(1, 5); i > 0; --i) {
    lines.push_back(any_line());
  }
  std::string text = format == export_format::csv ? export_header() : std::string();
  export_line first;
  first.layer = export_layer::snapshot;
  append_export_line(first, format, text);
  for (const owned_line& line : lines) {
    append_export_line(view_of(line), format, text);
  }
  export_reader reader(std::make_unique<memory_input>(text));
  std::size_t seen = 0;
  while (const export_line* line = reader.next()) {
    if (seen > 0) {
      RC_ASSERT(*line == view_of(lines[seen - 1]));
    }
    ++seen;
  }
  RC_ASSERT(!reader.problem());
  RC_ASSERT(seen == lines.size() + 1);
}

TEST(export_source, reads_feeds_rows_and_entries) {
  const std::string text = with_head(
      "feed,b,,,2026-01-01T00:00:00Z,,,,,,,,,,,,,,,2\n"
      "feed,a,,,2026-01-01T00:00:00Z,,,,,,,,,,,,,,,0\n"
      "file,b,one.txt,,,,,,,,,,,,,,,,,\n"
      "file,b,two.txt,,,,,,,,,,,,,,,,,\n"
      "row,b,two.txt,9,2026-01-01T00:00:00Z,domain,subdomains,,Example.org,spam,5,1,60,"
      "2026-12-31T12:00:00Z,1,\"why, \"\"so\"\"\",,,,\n"
      "row,test-points,,0,2026-01-01T00:00:00Z,domain,exact,,test,spam,1000,0,60,,0,,,,,\n"
      "override,,,,2026-01-01T00:00:00Z,ip,,24,192.0.2.0/24,none,0,0,60,,,false alarm,put,8,me,\n");
  auto opened = export_source::open(std::make_unique<memory_input>(text));
  ASSERT_TRUE(std::holds_alternative<export_source>(opened))
      << std::get<export_problem>(opened).what.what;
  auto& source = std::get<export_source>(opened);
  EXPECT_EQ(source.data_seq(), 7U);
  ASSERT_EQ(source.feeds().size(), 2U);
  EXPECT_EQ(source.feeds()[1].files, (std::vector<std::string>{"one.txt", "two.txt"}));
  const canon::canonicalizer canon;
  const row_compiler compiler(canon, {}, 0);
  int rows = 0;
  EXPECT_FALSE(source.read_rows(compiler, [&](const store::record& row, position at) {
    ++rows;
    EXPECT_EQ(at.line, 7U);
    EXPECT_EQ(row.kind, kind::domain);
    EXPECT_EQ(row.feed, 1);
    EXPECT_EQ(row.file, 1);
    EXPECT_EQ(row.line, 9U);
    EXPECT_TRUE(row.exclusion);
    EXPECT_EQ(row.text, "Example.org");
    EXPECT_EQ(row.reason, "why, \"so\"");
    EXPECT_EQ(row.expires_h * seconds_per_hour, parse_time_unix_s("2026-12-31T12:00:00Z"));
  }));
  EXPECT_EQ(rows, 1) << "the built-in test points come with every load";
  const auto& live = source.entries();
  ASSERT_EQ(live.size(), 1U);
  EXPECT_EQ(live[0].layer, store::live_layer::override);
  EXPECT_EQ(live[0].prefix_length, 24);
  EXPECT_EQ(live[0].who, "me");
}

TEST(export_source, says_where_a_line_is_wrong) {
  const std::string feed = "feed,a,,,2026-01-01T00:00:00Z,,,,,,,,,,,,,,,0\n";
  const std::string row =
      "row,a,,1,2026-01-01T00:00:00Z,domain,exact,,x.example,spam,0,0,60,,0,,,,,\n";
  EXPECT_EQ(problem_of(with_head(feed + row)), "");
  const auto changed = [&](std::string_view from, std::string_view to) {
    std::string other = row;
    other.replace(other.find(from), from.size(), to);
    return problem_of(with_head(feed + other));
  };
  EXPECT_EQ(changed("row,", "riw,"), "4:1: layer: not a word that it knows");
  EXPECT_EQ(changed("row,a", "row,b"), "4:1: a feed that no line before it has declared");
  EXPECT_EQ(changed("row,a,,", "row,a,x,"), "4:1: a file that no line before it has named");
  EXPECT_EQ(changed("2026-01-01T00:00:00Z", "yesterday"),
            "4:10: time: not a time such as 2026-12-31T12:00:00Z");
  EXPECT_EQ(changed(",exact,", ",both,"), "4:38: match: must be \"exact\" or \"subdomains\"");
  EXPECT_EQ(changed(",spam,0,", ",spam,1001,"), "4:60: score: not a number from -1000 to 1000");
  EXPECT_EQ(changed(",spam,", ",none,"), "4:1: a row of a feed has a verdict");
  EXPECT_EQ(changed(",60,,", ",60,2026-12-31T12:00:01Z,"), "4:1: a row ends at a full hour");
  EXPECT_EQ(changed("x.example", "hex:zz"), "4:45: text: broken hexadecimal digits");
  EXPECT_EQ(changed(",0,,,,,\n", ",0,,,,\n"), "4:1: 19 fields, the header row has 20");
  EXPECT_EQ(problem_of(with_head(feed + feed)), "4:1: a feed that was declared before");
  EXPECT_EQ(problem_of(export_header() + feed),
            "2:1: the line of the snapshot comes first, and once");
  EXPECT_EQ(problem_of(with_head(head)), "3:1: the line of the snapshot comes first, and once");
  EXPECT_EQ(problem_of(""), "1:1: not an export: no header row");
  EXPECT_NE(problem_of("domain\nexample.org\n"), "");
  EXPECT_EQ(problem_of(with_head("\"row")), "3:1: a quoted field that does not end");
}

TEST(export_source, refuses_what_a_feed_could_not_say_either) {
  const std::string feed = "feed,a,,,2026-01-01T00:00:00Z,,,,,,,,,,,,,,,0\n";
  const auto row = [&](std::string_view kind, std::string_view prefix, std::string_view text,
                       std::string_view verdict) {
    return problem_of(with_head(feed + "row,a,,1,2026-01-01T00:00:00Z," + std::string(kind) + ",," +
                                std::string(prefix) + "," + std::string(text) + "," +
                                std::string(verdict) + ",0,0,60,,0,,,,,\n"));
  };
  EXPECT_EQ(row("ip", "24", "192.0.2.0/24", "trusted"), "");
  EXPECT_NE(row("ip", "24", "192.0.2.0/25", "trusted"), "");
  EXPECT_NE(row("ip", "24", "192.0.2.1/24", "trusted"), "");
  EXPECT_NE(row("md5", "", "44d88612fea8a8f36de82e1278abb02f", "trusted"), "");
  EXPECT_EQ(row("md5", "", "44d88612fea8a8f36de82e1278abb02f", "malware"), "");
  EXPECT_NE(row("textsig", "", "x", "spam"), "");
  EXPECT_NE(row("url", "", "http://a.example/" + std::string(store::record_text_max, 'a'), "spam"),
            "");
  EXPECT_NE(problem_of(with_head(feed + "live,,,,2026-01-01T00:00:00Z,domain,exact,,x..example,"
                                        "spam,0,0,60,,,,put,8,me,\n")),
            "");
}

TEST(export_source, refuses_two_entries_for_one_key) {
  const std::string entry =
      "live,,,,2026-01-01T00:00:00Z,domain,exact,,x.example,spam,0,0,60,,,,put,8,me,\n";
  EXPECT_EQ(problem_of(with_head(entry)), "");
  EXPECT_NE(problem_of(with_head(entry + entry)), "");
}

TEST(export_source, json_is_read_with_the_same_care) {
  const std::string first = R"({"layer":"snapshot","time":"2026-01-02T03:04:05Z","seq":7})"
                            "\n";
  EXPECT_EQ(problem_of(first), "");
  EXPECT_EQ(problem_of(first + "\n\n"), "");
  EXPECT_EQ(problem_of(first + "x\n"), "2:1: not a JSON object, or one that is too long");
  EXPECT_EQ(problem_of(first + "{\"layer\":\"row\"\n"),
            "2:1: not a JSON object, or one that is too long");
  EXPECT_EQ(problem_of(first + "{\"colour\":1}\n"), "2:1: no column of an export: \"colour\"");
  EXPECT_EQ(problem_of(first + "{\"layer\":[]}\n"), "2:1: layer: not a text or a number");
  EXPECT_EQ(problem_of(first + "{\"layer\":\"feed\",\"feed\":\"a b\",\"time\":0,\"rows\":1}\n"),
            "2:1: feed: not the name of a feed");
  EXPECT_EQ(problem_of(first + "{\"text\":\"" + std::string(2 * row_bytes_max, 'x') + "\"}\n"),
            "2:1: not a JSON object, or one that is too long");
}

}  // namespace
}  // namespace repute::load
