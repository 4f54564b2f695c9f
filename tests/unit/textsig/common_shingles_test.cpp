// SPDX-License-Identifier: Apache-2.0
#include "repute/textsig/common_shingles.hpp"

#include <gtest/gtest.h>

#include <random>
#include <sstream>

#include "keys.hpp"
#include "repute/textsig/common_shingle_counter.hpp"
#include "shingles.hpp"
#include "unit/textsig/vector_rows.hpp"

namespace repute::textsig {
namespace {

using test::counted_words;

const seal::deployment_salt salt{};

common_shingles read(const std::vector<std::uint8_t>& file) {
  std::string problem;
  auto out = common_shingles::decode(file, salt, problem);
  EXPECT_TRUE(out) << problem;
  return std::move(out).value();
}

std::vector<shingle> shingles_in(const std::string& text) {
  const auto tokens = tokens_of(text, signing_keys(salt).token);
  return shingles_of(tokens, 0, tokens.size());
}

TEST(common_shingles, files_computed_elsewhere) {
  for (const auto& row : test::textsig_rows("common")) {
    common_shingle_counter counter(test::salt_of(row.at(1)));
    std::istringstream texts(row.at(3));
    for (std::string text; std::getline(texts, text, '/');) {
      counter.add(text);
    }
    EXPECT_EQ(seal::to_hex(counter.file(static_cast<std::uint8_t>(std::stoul(row.at(2))))),
              row.at(4));
  }
}

TEST(common_shingles, bad_files_are_refused) {
  for (const auto& row : test::textsig_rows("common_bad")) {
    std::string problem;
    EXPECT_FALSE(
        common_shingles::decode(test::parse_hex(row.at(3)), test::salt_of(row.at(2)), problem))
        << row.at(1);
    EXPECT_FALSE(problem.empty()) << row.at(1);
    EXPECT_EQ(problem.find("salt") != std::string::npos, row.at(1) == "another salt") << problem;
  }
}

TEST(common_shingles, what_two_in_a_thousand_mails_have_is_common) {
  const std::string rare = counted_words(30, 100);
  const std::string usual = counted_words(30, 200);
  const std::string once = counted_words(30, 300);
  common_shingle_counter counter(salt);
  for (int mail = 0; mail < 1501; ++mail) {
    counter.add(mail < 3 ? rare : mail < 7 ? usual : "");
  }
  counter.add(usual + " " + once + " " + once);
  const common_shingles common = read(counter.file(7));
  EXPECT_EQ(common.version(), 7);
  EXPECT_EQ(common.mails(), 1502U);
  EXPECT_EQ(common.size(), shingles_in(usual).size());
  for (const shingle x : shingles_in(usual)) {
    EXPECT_TRUE(common.contains(x));
  }
  for (const std::string& text : {rare, once}) {
    const auto not_common = shingles_in(text);
    EXPECT_LE(std::ranges::count_if(not_common, [&](shingle x) { return common.contains(x); }), 3);
  }
}

TEST(common_shingles, a_mail_counts_once_however_many_texts_it_has) {
  const std::string once = counted_words(30, 0);
  const std::string twice = counted_words(30, 100);
  common_shingle_counter counter(salt);
  const std::vector<std::string_view> both{once, once, twice};
  counter.add(both);
  counter.add(std::string_view(twice));
  const common_shingles common = read(counter.file(1));
  EXPECT_EQ(common.mails(), 2U);
  EXPECT_EQ(common.size(), shingles_in(twice).size());
  for (const shingle x : shingles_in(twice)) {
    EXPECT_TRUE(common.contains(x));
  }
}

TEST(common_shingles, few_others_are_in_by_chance) {
  common_shingle_counter counter(salt);
  for (const int twice : {1, 2}) {
    counter.add(counted_words(4000, 0));
    counter.add(counted_words(4000, 5000 * static_cast<std::size_t>(twice)));
  }
  const common_shingles common = read(counter.file(1));
  std::mt19937_64 random(1);
  constexpr int asked = 300'000;
  int hits = 0;
  for (int i = 0; i < asked; ++i) {
    hits += common.contains(random()) ? 1 : 0;
  }
  EXPECT_GT(hits, asked / 1000);
  EXPECT_LT(hits, asked / 200);
}

TEST(common_shingles, a_sample_of_nothing_makes_a_file_of_nothing) {
  const common_shingles common = read(common_shingle_counter(salt).file(1));
  EXPECT_EQ(common.size(), 0U);
  EXPECT_FALSE(common.contains(0));
  EXPECT_FALSE(common.contains(~shingle{0}));
}

}  // namespace
}  // namespace repute::textsig
