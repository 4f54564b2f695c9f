// SPDX-License-Identifier: Apache-2.0
#include "repute/textsig/signer.hpp"

#include <gtest/gtest.h>

#include "shingles.hpp"
#include "unit/textsig/vector_rows.hpp"

namespace repute::textsig {
namespace {

using test::counted_words;

std::shared_ptr<const common_shingles> filter_of(const std::string& hex,
                                                 const seal::deployment_salt& salt) {
  if (hex == "-") {
    return nullptr;
  }
  std::string problem;
  auto read = common_shingles::decode(test::parse_hex(hex), salt, problem);
  EXPECT_TRUE(read) << problem;
  return std::make_shared<const common_shingles>(std::move(read).value());
}

std::size_t agreeing(const text_signature& a, const text_signature& b) {
  std::size_t votes = 0;
  for (std::size_t i = 0; i < a.bands.size(); ++i) {
    votes += a.bands[i] != 0 && a.bands[i] == b.bands[i] ? 1 : 0;
  }
  return votes;
}

TEST(signer, keys_computed_elsewhere) {
  for (const auto& row : test::textsig_rows("keys")) {
    test::bytes made(1376);
    seal::derive(test::salt_of(row.at(1)), "repute text signature 1", made);
    EXPECT_EQ(seal::to_hex(made), row.at(2) + row.at(3));
  }
}

TEST(signer, token_hashes_computed_elsewhere) {
  for (const auto& row : test::textsig_rows("token")) {
    const auto keys = test::textsig_rows("keys");
    const auto of_salt =
        std::ranges::find_if(keys, [&](const auto& each) { return each.at(1) == row.at(1); });
    ASSERT_NE(of_salt, keys.end());
    const test::bytes key = test::parse_hex(of_salt->at(2));
    const siphash_key parts{load_le<std::uint64_t>(key.data()),
                            load_le<std::uint64_t>(key.data() + 8)};
    const auto hashed = tokens_of(row.at(2), parts);
    ASSERT_EQ(hashed.size(), 1U);
    EXPECT_EQ(hashed[0].hash, std::stoull(row.at(3), nullptr, 16)) << row.at(2);
  }
}

TEST(signer, signatures_computed_elsewhere) {
  for (const auto& row : test::textsig_rows("signature")) {
    const seal::deployment_salt salt = test::salt_of(row.at(1));
    const signer sign(salt, filter_of(row.at(2), salt));
    const auto made = sign(test::text_of(row.at(3)));
    EXPECT_EQ(made ? seal::to_hex(encode_text_signature(*made)) : "none", row.at(4)) << row.at(3);
  }
}

TEST(signer, a_few_changed_words_leave_most_bands) {
  const signer sign(seal::deployment_salt{});
  std::string text = counted_words(200);
  const auto before = sign(text).value();
  text.replace(text.find(" cx "), 4, " changed ");
  text += " and something more";
  const auto after = sign(text).value();
  EXPECT_GE(agreeing(before, after), 60U);
  EXPECT_EQ(agreeing(before, sign(counted_words(200, 5000)).value()), 0U);
}

TEST(signer, another_salt_makes_an_unrelated_signature) {
  const std::string text = counted_words(200);
  seal::deployment_salt other;
  other.bytes[31] = 1;
  EXPECT_EQ(agreeing(signer(seal::deployment_salt{})(text).value(), signer(other)(text).value()),
            0U);
}

TEST(signer, tokens_beyond_the_limit_are_not_looked_at) {
  const signer sign(seal::deployment_salt{});
  EXPECT_EQ(sign(counted_words(4096)), sign(counted_words(4097)));
  EXPECT_NE(sign(counted_words(4095)), sign(counted_words(4096)));
}

TEST(signer, spaces_make_no_tokens) {
  const signer sign(seal::deployment_salt{});
  const std::string text = counted_words(50);
  EXPECT_EQ(sign("  " + text + " "), sign(text));
  EXPECT_EQ(sign("        "), std::nullopt);
}

}  // namespace
}  // namespace repute::textsig
