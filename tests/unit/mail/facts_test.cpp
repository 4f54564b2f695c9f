// SPDX-License-Identifier: Apache-2.0
#include "repute/mail/facts.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "fact_list.hpp"

namespace repute::mail {
namespace {

TEST(facts, words_are_told_apart) {
  std::set<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(role::given); ++i) {
    words.insert(word(static_cast<role>(i)));
  }
  EXPECT_EQ(words.size(), 15U);
  EXPECT_FALSE(words.contains("unknown"));
  EXPECT_EQ(word(role::client), "client");
  EXPECT_EQ(word(role::attachment_name), "attachment_name");
  EXPECT_EQ(word(role::body), "body");
  EXPECT_EQ(word(role::given), "given");
  EXPECT_EQ(word(limit::quota), "quota");
  EXPECT_EQ(word(limit::message_bytes), "message_bytes");
  EXPECT_EQ(word(automatic::virus_notice), "virus_notice");
  EXPECT_EQ(word(static_cast<limit>(99)), "unknown");
}

TEST(facts, none_twice_in_one_role) {
  const canon::canonicalizer canon;
  detail::fact_list list(canon);
  EXPECT_TRUE(list.add(subject::domain, role::from, "A.example"));
  EXPECT_TRUE(list.add(subject::domain, role::from, "a.example."));
  EXPECT_TRUE(list.add(subject::domain, role::helo, "a.example"));
  EXPECT_FALSE(list.add(subject::domain, role::from, "no name"));
  const auto facts = list.take();
  ASSERT_EQ(facts.size(), 2U);
  EXPECT_EQ(facts[0].value, "a.example");
  EXPECT_EQ(facts[1].role, role::helo);
}

}  // namespace
}  // namespace repute::mail
