// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/fingerprint.hpp"

#include <gtest/gtest.h>

#include "repute/schema/test_points.hpp"
#include "repute/seal/digest.hpp"
#include "unit/schema/vectors.hpp"

namespace repute::seal {
namespace {

deployment_salt salt_of(const std::string& hex) {
  deployment_salt salt;
  EXPECT_TRUE(from_hex(hex, salt.bytes)) << hex;
  return salt;
}

std::string hex_of(const key& value) {
  return to_hex(value.bytes());
}

TEST(fingerprint, vectors_computed_elsewhere) {
  for (const auto& row : test::read_vectors("fingerprints.txt")) {
    const deployment_salt salt = salt_of(row.at(1));
    if (row.at(0) == "salt_fp") {
      EXPECT_EQ(to_hex(salt_fingerprint(salt)), row.at(2));
    } else if (row.at(0) == "ip_seed") {
      std::array<std::uint8_t, 8> bytes;
      store_le(bytes.data(), ip_seed(salt));
      EXPECT_EQ(to_hex(bytes), row.at(2));
    } else {
      ASSERT_EQ(row.at(0), "fingerprint");
      EXPECT_EQ(
          to_hex(fingerprinter(salt)(test::kind_named(row.at(2)), test::parse_hex(row.at(3)))),
          row.at(4));
    }
  }
}

TEST(fingerprint, test_points_under_the_public_salt) {
  const auto rows = test::read_vectors("test_points.txt");
  ASSERT_EQ(rows.size(), test_points().size());
  fingerprinter keys{deployment_salt{}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const test_point& point = test_points()[i];
    EXPECT_EQ(hex_of(keys.make_key({point.kind, canonical_of(point)})), rows[i].at(2))
        << point.text;
  }
}

TEST(fingerprint, one_object_keeps_its_key_over_many_uses_and_moves) {
  fingerprinter keys(salt_of(std::string(64, 'a')));
  const fingerprint first = keys(kind::host, bytes_of("one"));
  EXPECT_NE(keys(kind::host, bytes_of("two")), first);
  fingerprinter moved(std::move(keys));
  EXPECT_EQ(moved(kind::host, bytes_of("one")), first);
  EXPECT_EQ(moved(canonical_key{kind::host, "one"}), first);
}

TEST(fingerprint, differs_by_salt_and_by_kind) {
  fingerprinter one{deployment_salt{}};
  fingerprinter other(salt_of(std::string(63, '0') + "1"));
  EXPECT_NE(one(kind::host, bytes_of("a")), other(kind::host, bytes_of("a")));
  EXPECT_NE(one(kind::host, bytes_of("a")), one(kind::domain, bytes_of("a")));
}

TEST(make_key, only_addresses_and_signatures_travel_raw) {
  fingerprinter keys{deployment_salt{}};
  EXPECT_EQ(hex_of(keys.make_key({kind::ip4, std::string("\x7f\0\0\2", 4)})), "7f000002");
  EXPECT_EQ(keys.make_key({kind::ip6, std::string(16, '\1')}).bytes()[15], 1);
  EXPECT_EQ(keys.make_key({kind::text_sig, std::string(192, '\7')}).bytes().size(), 192u);
  for (const kind value : all_kinds) {
    if (!is_ip(value) && value != kind::text_sig) {
      EXPECT_EQ(keys.make_key({value, "text"}).bytes().size(), fingerprint_size) << name(value);
    }
  }
}

TEST(deployment_salt, only_all_zero_is_public) {
  EXPECT_TRUE(deployment_salt{}.is_public());
  EXPECT_FALSE(salt_of(std::string(63, '0') + "1").is_public());
}

}  // namespace
}  // namespace repute::seal
