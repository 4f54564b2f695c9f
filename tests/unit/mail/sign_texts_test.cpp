// SPDX-License-Identifier: Apache-2.0
#include "repute/mail/sign_texts.hpp"

#include <gtest/gtest.h>

#include "extracted.hpp"

namespace repute::mail {
namespace {

/// `count` words, all different, beginning with the `first`.
std::string words(int first, int count) {
  std::string out;
  for (int i = first; i < first + count; ++i) {
    std::string word = "w";
    for (int n = i; n > 0; n /= 20) {
      word += static_cast<char>('a' + n % 20);
    }
    out += (out.empty() ? "" : " ") + word;
  }
  return out;
}

const textsig::signer& signer() {
  static const textsig::signer made{seal::deployment_salt{}};
  return made;
}

std::vector<std::string> signatures_of(const std::vector<std::string>& texts) {
  message_facts message;
  for (const std::string& text : texts) {
    message.texts.push_back({false, text});
  }
  sign_texts(message, signer());
  std::vector<std::string> out;
  for (const fact& each : message.facts) {
    EXPECT_EQ(each.subject, subject::textsig);
    EXPECT_EQ(each.role, role::body);
    EXPECT_EQ(each.canonical.canonical.size(), text_signature_size);
    EXPECT_LE(each.value.size(), 80U);
    out.push_back(each.canonical.canonical);
  }
  return out;
}

TEST(sign_texts, one_for_a_text_and_its_like) {
  const auto alone = signatures_of({words(0, 100)});
  ASSERT_EQ(alone.size(), 1U);
  EXPECT_EQ(signatures_of({words(0, 90), words(0, 100)}), alone) << "the longer one stands";
  EXPECT_EQ(signatures_of({words(0, 100), words(34, 66)}), alone) << "two thirds of all";
}

TEST(sign_texts, one_each_for_texts_that_differ) {
  const auto both = signatures_of({words(0, 50), words(100, 60)});
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0], signatures_of({words(100, 60)})[0]);
  EXPECT_EQ(both[1], signatures_of({words(0, 50)})[0]);
  EXPECT_EQ(signatures_of({words(0, 60), words(30, 60)}).size(), 2U) << "a third of all";
}

TEST(sign_texts, two_at_most) {
  EXPECT_EQ(signatures_of({words(0, 50), words(100, 60), words(200, 70)}).size(), 2U);
}

TEST(sign_texts, none_for_what_identifies_nothing) {
  EXPECT_TRUE(signatures_of({}).empty());
  EXPECT_TRUE(signatures_of({"three more words"}).empty());
  EXPECT_EQ(signatures_of({"three more words", words(0, 50)}).size(), 1U);
}

TEST(sign_texts, a_fact_of_a_message) {
  auto found = test::extracted("\n" + words(0, 50));
  sign_texts(found, signer());
  ASSERT_EQ(found.facts.size(), 2U);
  const auto again =
      test::canon().canonical(subject::textsig, canon::show(found.facts[1].canonical));
  EXPECT_EQ(std::get<canonical_key>(again), found.facts[1].canonical);
}

}  // namespace
}  // namespace repute::mail
