// SPDX-License-Identifier: Apache-2.0
#include "repute_bench/report.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "repute_bench/compare.hpp"
#include "repute_bench/plot.hpp"
#include "support/temporary_directory.hpp"

namespace {

using namespace repute::bench;

sample with_rate(std::uint64_t replies, std::uint64_t keys, std::uint64_t latency_ns) {
  sample out;
  out.load.seconds = 1;
  out.load.requests = replies;
  out.load.replies = replies;
  out.load.keys = replies * keys;
  out.load.latency.add(latency_ns);
  return out;
}

run_report two_targets() {
  const drive half{load_mode::share, 0.5};
  run_report out;
  const auto add = [&out](const char* target, std::size_t keys, const drive& load, sample first,
                          sample second) {
    measured_point& made = out.points.emplace_back();
    made.at.target = target;
    made.at.keys = keys;
    made.at.load = load;
    made.samples.push_back(std::move(first));
    made.samples.push_back(std::move(second));
  };
  add("reputed", 1, {}, with_rate(80, 1, 10'000), with_rate(90, 1, 10'000));
  add("echo mmsg", 1, {}, with_rate(100, 1, 9'000), with_rate(100, 1, 9'000));
  add("reputed", 20, {}, with_rate(40, 20, 20'000), with_rate(45, 20, 20'000));
  add("reputed", 1, half, with_rate(40, 1, 10'000), with_rate(40, 1, 12'000));
  add("echo mmsg", 1, half, with_rate(40, 1, 10'000), with_rate(40, 1, 10'000));
  return out;
}

circumstances somewhere() {
  circumstances out;
  out.machine.cpu = R"(a "CPU")";
  out.commit = "abc";
  out.command = {"run", "--self"};
  return out;
}

TEST(report, ratios_are_taken_within_repeats) {
  const auto rows = ratios_of(two_targets().points);
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].what, "replies_per_s: reputed, 1 key, maximum / echo mmsg");
  EXPECT_DOUBLE_EQ(rows[0].ratio.median, 0.85);
  EXPECT_DOUBLE_EQ(rows[0].ratio.least, 0.8);
  EXPECT_EQ(rows[1].what, "lookups_per_s: reputed, 20 keys, maximum / reputed, 1 key, maximum");
  EXPECT_DOUBLE_EQ(rows[1].ratio.median, 10);
  EXPECT_EQ(rows[2].what, "p50_us: reputed, 1 key, 50 % / echo mmsg");
  EXPECT_DOUBLE_EQ(rows[2].ratio.median, 1.1);
}

TEST(report, json_is_read_back) {
  const repute::test::temporary_directory folder;
  const std::string path = (folder.path() / "a.json").string();
  write_file(path, to_json(two_targets(), somewhere()));
  const report_values read = read_report(path);
  EXPECT_EQ(read.size(), 5U);
  EXPECT_EQ(read.at("reputed, 1 key, maximum").at("replies_per_s"), (std::vector<double>{80, 90}));
  EXPECT_EQ(read.at("reputed, 1 key, 50 %").at("p50_us"), (std::vector<double>{10, 12}));
}

TEST(report, what_is_no_report_is_refused) {
  const repute::test::temporary_directory folder;
  for (const char* text : {"", "{}", "[1]", R"({"points":[{"name":1}]})", R"({"points":[{}]})"}) {
    const std::string path = (folder.path() / "bad.json").string();
    write_file(path, text);
    EXPECT_THROW((void)read_report(path), std::runtime_error) << text;
  }
  EXPECT_THROW((void)read_report((folder.path() / "none").string()), std::runtime_error);
}

TEST(report, csv_has_a_line_for_each_sample) {
  const std::string text = to_csv(two_targets(), somewhere());
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3 + 1 + 10);
  EXPECT_NE(text.find("\nreputed,20,max,0,2,45,900,"), std::string::npos) << text;
}

TEST(report, comparison_marks_what_changed) {
  const report_values a{{"p", {{"replies_per_s", {100, 101, 99}}, {"lost_share", {0, 0, 0}}}},
                        {"gone", {}}};
  const report_values b{{"p", {{"replies_per_s", {150, 151, 149}}, {"lost_share", {0, 0, 1}}}},
                        {"new", {}}};
  const std::string text = compare_text(a, b);
  EXPECT_NE(text.find("1.500 ["), std::string::npos) << text;
  EXPECT_NE(text.find("] *\n"), std::string::npos) << text;
  EXPECT_NE(text.find("only in A: gone\n"), std::string::npos) << text;
  EXPECT_NE(text.find("only in B: new\n"), std::string::npos) << text;
  EXPECT_EQ(compare_text(a, a).find('*'), std::string::npos);
}

TEST(plot, latency_needs_two_loads_and_throughput_two_sizes) {
  auto points = two_targets().points;
  EXPECT_FALSE(plot_script(points, "x.svg")) << "one open-loop load a target";
  measured_point& high = points.emplace_back();
  high.at.target = "reputed";
  high.at.keys = 1;
  high.at.load = {load_mode::share, 0.9};
  high.samples.push_back(with_rate(70, 1, 90'000));
  const auto latency = plot_script(points, "it's.svg");
  ASSERT_TRUE(latency);
  EXPECT_NE(latency->find("set output 'it''s.svg'"), std::string::npos);
  EXPECT_NE(latency->find("knee of reputed, 1 key: 40/s"), std::string::npos) << *latency;
  points.resize(3);
  EXPECT_FALSE(plot_script(points, "x.svg")) << "one size of echo";
  points.erase(points.begin() + 1);
  const auto throughput = plot_script(points, "x.svg");
  ASSERT_TRUE(throughput);
  EXPECT_NE(throughput->find("20 850 800 900\n"), std::string::npos) << *throughput;
}

}  // namespace
