// SPDX-License-Identifier: Apache-2.0
#include "repute/schema/text_signature.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <sstream>

#include "unit/schema/vectors.hpp"

namespace repute {
namespace {

std::span<const std::uint8_t, text_signature_size> signature_bytes(const test::bytes& from) {
  EXPECT_EQ(from.size(), text_signature_size);
  return std::span(from).first<text_signature_size>();
}

TEST(text_signature, layouts_computed_elsewhere) {
  std::size_t checked = 0;
  for (const auto& row : test::read_vectors("text_signature.txt")) {
    if (row.at(0) != "layout") {
      continue;
    }
    text_signature wanted;
    std::istringstream bands(row.at(1));
    for (std::uint32_t& band : wanted.bands) {
      ASSERT_TRUE(bands >> band);
    }
    wanted.fallback = row.at(2) == "1";
    wanted.format = static_cast<std::uint8_t>(std::stoul(row.at(3)));
    wanted.filter_version = static_cast<std::uint8_t>(std::stoul(row.at(4)));
    const test::bytes bytes = test::parse_hex(row.at(5));
    EXPECT_EQ(decode_text_signature(signature_bytes(bytes)), wanted);
    const text_signature_bytes encoded = encode_text_signature(wanted);
    EXPECT_TRUE(std::ranges::equal(encoded, bytes));
    ++checked;
  }
  EXPECT_GE(checked, 6U);
}

TEST(text_signature, near_versions_computed_elsewhere) {
  std::size_t checked = 0;
  for (const auto& row : test::read_vectors("text_signature.txt")) {
    if (row.at(0) == "near") {
      EXPECT_EQ(near_filter_versions(static_cast<std::uint8_t>(std::stoul(row.at(1))),
                                     static_cast<std::uint8_t>(std::stoul(row.at(2)))),
                row.at(3) == "yes")
          << row.at(1) << ' ' << row.at(2);
      ++checked;
    }
  }
  EXPECT_EQ(checked, 64U);
}

RC_GTEST_PROP(text_signature, any_192_bytes_are_one, ()) {
  const auto bytes = *rc::gen::arbitrary<text_signature_bytes>();
  RC_ASSERT(encode_text_signature(decode_text_signature(bytes)) == bytes);
}

}  // namespace
}  // namespace repute
