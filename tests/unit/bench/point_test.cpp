// SPDX-License-Identifier: Apache-2.0
#include "repute_bench/point.hpp"

#include <gtest/gtest.h>

namespace {

using namespace repute::bench;

constexpr drive half{load_mode::share, 0.5};

std::vector<std::string> names_of(const std::vector<point>& points) {
  std::vector<std::string> out;
  for (const point& each : points) {
    out.push_back(each.name());
  }
  return out;
}

TEST(make_plan, measures_the_maximum_before_its_shares) {
  const auto plan = make_plan({{"reputed", "echo mmsg"}, {1, std::nullopt}, {half}});
  EXPECT_EQ(names_of(plan),
            (std::vector<std::string>{"reputed, 1 key, maximum", "echo mmsg, 1 key, maximum",
                                      "reputed, 1 key, 50 %", "echo mmsg, 1 key, 50 %",
                                      "reputed, mail, maximum", "echo mmsg, mail, maximum",
                                      "reputed, mail, 50 %", "echo mmsg, mail, 50 %"}));
}

TEST(make_plan, measures_no_maximum_that_nobody_asked_for) {
  const auto plan = make_plan({{"server"}, {20}, {{load_mode::rate, 1000}}});
  EXPECT_EQ(names_of(plan), std::vector<std::string>{"server, 20 keys, 1000/s"});
}

TEST(make_plan, puts_shares_last) {
  const auto plan = make_plan({{"server"}, {1}, {half, {}}});
  EXPECT_EQ(names_of(plan),
            (std::vector<std::string>{"server, 1 key, maximum", "server, 1 key, 50 %"}));
}

TEST(parse_drive, reads_rates_and_shares) {
  EXPECT_EQ(parse_drive("max"), drive{});
  EXPECT_EQ(parse_drive("50%"), half);
  EXPECT_EQ(parse_drive("1000"), (drive{load_mode::rate, 1000}));
  for (const char* bad : {"", "%", "0", "0%", "-1", "1k", "1.5", "99999999999", "maximum"}) {
    EXPECT_FALSE(parse_drive(bad)) << bad;
  }
}

TEST(sample_figures, are_per_packet_and_per_key) {
  sample one;
  one.load.seconds = 2;
  one.load.replies = 100;
  one.load.errors = 100;
  one.load.keys = 2000;
  one.load.listed = 500;
  one.load.requests = 250;
  one.load.lost = 50;
  one.load.request_bytes = 250 * 448;
  one.load.reply_bytes = 200 * 256;
  one.cpu_ns = 1'000'000;
  one.drops = 7;
  measured_point at;
  at.at.target = "reputed";
  at.at.keys = 20;
  at.samples.push_back(one);
  EXPECT_DOUBLE_EQ(at.values("replies_per_s")[0], 50);
  EXPECT_DOUBLE_EQ(at.values("lookups_per_s")[0], 1000);
  EXPECT_DOUBLE_EQ(at.values("offered_per_s")[0], 125);
  EXPECT_DOUBLE_EQ(at.values("errors_per_s")[0], 50);
  EXPECT_DOUBLE_EQ(at.values("lost_share")[0], 0.2);
  EXPECT_DOUBLE_EQ(at.values("kernel_drops")[0], 7);
  EXPECT_DOUBLE_EQ(at.values("cpu_ns_per_packet")[0], 5000);
  EXPECT_DOUBLE_EQ(at.values("cpu_ns_per_lookup")[0], 500);
  EXPECT_DOUBLE_EQ(at.values("cpu_share")[0], 0.0005);
  EXPECT_DOUBLE_EQ(at.values("request_bytes")[0], 448);
  EXPECT_DOUBLE_EQ(at.values("reply_bytes")[0], 256);
  EXPECT_DOUBLE_EQ(at.values("listed_share")[0], 0.25);
}

}  // namespace
