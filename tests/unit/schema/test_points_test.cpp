// SPDX-License-Identifier: Apache-2.0
#include "repute/schema/test_points.hpp"

#include <gtest/gtest.h>

#include <map>

#include "unit/schema/vectors.hpp"

namespace repute {
namespace {

TEST(test_points, are_those_of_the_vectors) {
  const auto rows = test::read_vectors("test_points.txt");
  ASSERT_EQ(rows.size(), test_points().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const test_point& point = test_points()[i];
    const std::string canonical = canonical_of(point);
    EXPECT_EQ(point.kind, test::kind_named(rows[i].at(0)));
    EXPECT_EQ(test::bytes(canonical.begin(), canonical.end()), test::parse_hex(rows[i].at(1)));
    EXPECT_EQ(word(point.hit_verdict), rows[i].at(3));
  }
}

TEST(test_points, every_kind_but_the_signature_has_a_hit_and_a_miss) {
  std::map<kind, int> hits;
  std::map<kind, int> misses;
  for (const test_point& point : test_points()) {
    ++(point.always_hit() ? hits : misses)[point.kind];
  }
  for (const kind value : all_kinds) {
    const int expected = value == kind::text_sig ? 0 : 1;
    EXPECT_EQ(hits[value], expected) << name(value);
    EXPECT_EQ(misses[value], expected) << name(value);
  }
}

TEST(test_points, none_acquits_and_addresses_have_their_size) {
  for (const test_point& point : test_points()) {
    EXPECT_NE(point.hit_verdict, verdict::trusted) << point.text;
    if (is_ip(point.kind)) {
      EXPECT_EQ(canonical_of(point).size(), key_size(point.kind)) << point.text;
    }
  }
}

TEST(test_points, hexadecimal_may_hold_zero_bytes) {
  EXPECT_EQ(canonical_of({kind::av_record, "x", "7800", verdict::none}), std::string("x\0", 2));
  EXPECT_EQ(canonical_of({kind::host, "name", {}, verdict::none}), "name");
}

TEST(test_points, gtube_is_one_line_of_68_bytes) {
  EXPECT_EQ(gtube().size(), 68u);
  EXPECT_EQ(gtube().find('\n'), std::string_view::npos);
}

}  // namespace
}  // namespace repute
