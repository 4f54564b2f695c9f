// SPDX-License-Identifier: Apache-2.0
#include "repute/schema/verdict.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace repute {
namespace {

using raw_answer = std::array<std::uint8_t, answer_size>;

TEST(verdict, numbers_and_words_are_persistent) {
  const std::array<std::string_view, 8> words{"none",    "spam",        "probable_spam", "formal",
                                              "trusted", "blacklisted", "phishing",      "malware"};
  for (std::size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(word(static_cast<verdict>(i)), words[i]);
    EXPECT_EQ(verdict_from_word(words[i]), static_cast<verdict>(i));
  }
  EXPECT_FALSE(verdict_from_word("Spam"));
  EXPECT_FALSE(verdict_from_word(""));
}

TEST(verdict, status_numbers_and_words_are_persistent) {
  const std::array<std::string_view, 7> words{"not_listed", "listed", "unsupported", "malformed",
                                              "skipped",    "near",   "refused"};
  for (std::size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(word(static_cast<status>(i)), words[i]);
  }
}

TEST(verdict, only_listings_have_severity) {
  EXPECT_EQ(severity(verdict::none), 0);
  EXPECT_EQ(severity(verdict::trusted), 0);
  EXPECT_GT(severity(verdict::malware), severity(verdict::phishing));
  EXPECT_GT(severity(verdict::formal), 0);
}

TEST(answer, bytes_are_where_the_page_says) {
  raw_answer raw;
  encode_answer(
      {status::listed, verdict::phishing, -2, 0x0abc, vflag_override | vflag_nocache, 0x1234},
      raw.data());
  EXPECT_EQ(raw, (raw_answer{1, 6, 0xfe, 0xff, 0xbc, 0x5a, 0x34, 0x12}));
}

TEST(answer, future_numbers_are_never_verdicts) {
  const raw_answer future{7, 8, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(decode_answer(future.data()).status, status::malformed);
  EXPECT_EQ(decode_answer(future.data()).verdict, verdict::none);
}

TEST(answer, score_is_clamped) {
  const raw_answer high{1, 1, 0xff, 0x7f, 0, 0, 0, 0};
  const raw_answer low{1, 4, 0x00, 0x80, 0, 0, 0, 0};
  EXPECT_EQ(decode_answer(high.data()).score, score_max);
  EXPECT_EQ(decode_answer(low.data()).score, score_min);
}

RC_GTEST_PROP(answer, reads_back_what_was_written, ()) {
  const answer value{static_cast<status>(*rc::gen::inRange(0, 7)),
                     static_cast<verdict>(*rc::gen::inRange(0, 8)),
                     *rc::gen::inRange<std::int16_t>(score_min, score_max + 1),
                     *rc::gen::inRange<std::uint16_t>(0, category_max + 1),
                     *rc::gen::inRange<std::uint8_t>(0, 16),
                     *rc::gen::arbitrary<std::uint16_t>()};
  raw_answer raw;
  encode_answer(value, raw.data());
  RC_ASSERT(decode_answer(raw.data()) == value);
}

}  // namespace
}  // namespace repute
