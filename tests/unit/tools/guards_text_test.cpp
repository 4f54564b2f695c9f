// SPDX-License-Identifier: Apache-2.0
#include "guards_text.hpp"

#include <gtest/gtest.h>

namespace repute::tool {
namespace {

using load::guard_report;
using load::guard_rule;

guard_report rows_of_a_feed() {
  return {guard_rule::own, "a", 12, {"f:1:1: x\x1b is your own"}, {}};
}
guard_report shrunken_feed() {
  return {guard_rule::shrink, "a", 1, {"1 rows"}, load::feed_difference{0, 3, 1, {}, {"gone\n"}}};
}
guard_report canary() {
  return {guard_rule::present, "", 1, {"\"k\" must be listed"}, {}};
}

TEST(guards_text, is_safe_for_a_terminal_and_tells_what_is_left_out) {
  EXPECT_EQ(guards_text({}), "");
  EXPECT_EQ(guards_text({rows_of_a_feed(), shrunken_feed(), canary()}),
            "repute load: guard own, feed \"a\": 12 rows\n"
            "repute load:   f:1:1: x\\x1b is your own\n"
            "repute load:   ... and 11 more\n"
            "repute load: guard shrink, feed \"a\"\n"
            "repute load:   1 rows\n"
            "repute load:   keys: 0 added, 3 removed, 1 kept\n"
            "repute load:     - gone\\x0a\n"
            "repute load:     - ... and 2 more\n"
            "repute load: guard present\n"
            "repute load:   \"k\" must be listed\n");
}

TEST(guards_text, has_a_form_for_scripts) {
  EXPECT_EQ(guards_json({}), "[]");
  EXPECT_EQ(guards_json({shrunken_feed(), canary()}),
            R"([{"guard":"shrink","feed":"a","count":1,"first":["1 rows"],"difference":)"
            R"({"added":0,"removed":3,"kept":1,"first_added":[],"first_removed":["gone\u000a"]}},)"
            R"({"guard":"present","feed":null,"count":1,"first":["\"k\" must be listed"],)"
            R"("difference":null}])");
}

}  // namespace
}  // namespace repute::tool
