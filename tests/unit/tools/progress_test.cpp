// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "progress_line.hpp"

namespace repute::tool {
namespace {

load::load_progress halfway() {
  load::load_progress now;
  now.stage = "urls";
  now.done_of_all = 0.621;
  now.rows = 3104220;
  now.rows_of_all = 5000000;
  now.rejected = 12;
  return now;
}

TEST(progress, a_line_says_share_rows_rate_and_time_left) {
  EXPECT_EQ(progress_text(halfway(), 1.6),
            "urls  62.1%  3 104 220/5 000 000 rows  1.9 M/s  ETA 0:01  rejects 12");
  EXPECT_EQ(progress_text(halfway(), 160),
            "urls  62.1%  3 104 220/5 000 000 rows  19 k/s  ETA 1:38  rejects 12");
}

TEST(progress, what_is_not_known_is_left_out) {
  load::load_progress now = halfway();
  now.done_of_all = 0;
  now.rows_of_all = 0;
  now.rows = 90;
  EXPECT_EQ(progress_text(now, 0), "urls  90 rows  rejects 12");
  EXPECT_EQ(progress_json(now, 0),
            "{\"stage\":\"urls\",\"done\":null,\"rows\":90,\"rows_of_all\":null,\"rejected\":12,"
            "\"seconds\":0.0,\"eta_s\":null}\n");
}

TEST(progress, an_object_has_the_same) {
  EXPECT_EQ(progress_json(halfway(), 1.6),
            "{\"stage\":\"urls\",\"done\":0.621,\"rows\":3104220,\"rows_of_all\":5000000,"
            "\"rejected\":12,\"seconds\":1.6,\"eta_s\":1}\n");
}

TEST(progress, nothing_is_estimated_from_the_first_percent) {
  load::load_progress now = halfway();
  now.done_of_all = 0.005;
  EXPECT_EQ(progress_text(now, 1).find("ETA"), std::string::npos);
}

}  // namespace
}  // namespace repute::tool
