// SPDX-License-Identifier: Apache-2.0
// The rule for one key: named cases of the page, and all others against the model.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "verdict_model.hpp"

namespace repute::load {
namespace {

constexpr std::uint16_t test_feed = 9;
constexpr std::uint32_t now_h = 100;

struct claim_of {
  std::uint32_t level = 0;
  verdict says = verdict::spam;
  std::uint16_t feed = 0;
  std::int16_t score = 0;
  std::uint32_t expires_h = 0;
  bool exclusion = false;

  operator claim() const {  // NOLINT: reads as a table of claims
    claim c;
    c.level = level;
    c.row.kind = kind::host;
    c.row.verdict = says;
    c.row.feed = feed;
    c.row.score = score;
    c.row.expires_h = expires_h;
    c.row.exclusion = exclusion;
    return c;
  }
};

answer now(std::vector<claim> claims) {
  const auto resolved = resolve_claims(claims, test_feed, now_h);
  EXPECT_FALSE(resolved.steps.empty());
  return resolved.steps.empty() ? answer{} : resolved.steps.front().value;
}

TEST(verdict_rule, trusted_wins_unless_a_listing_is_strictly_more_specific) {
  EXPECT_EQ(now({claim_of{.level = 1, .says = verdict::trusted},
                 claim_of{.level = 1, .says = verdict::malware}})
                .verdict,
            verdict::trusted);
  EXPECT_EQ(now({claim_of{.level = 1, .says = verdict::trusted},
                 claim_of{.level = 2, .says = verdict::malware}})
                .verdict,
            verdict::trusted);
  EXPECT_EQ(now({claim_of{.level = 1, .says = verdict::trusted},
                 claim_of{.level = 0, .says = verdict::formal}})
                .verdict,
            verdict::formal);
}

TEST(verdict_rule, an_overruled_trust_lets_the_worst_listing_of_any_level_win) {
  EXPECT_EQ(now({claim_of{.level = 0, .says = verdict::formal},
                 claim_of{.level = 1, .says = verdict::trusted},
                 claim_of{.level = 2, .says = verdict::malware}})
                .verdict,
            verdict::malware);
}

TEST(verdict_rule, severity_goes_before_score_and_score_before_level) {
  EXPECT_EQ(now({claim_of{.level = 0, .says = verdict::spam, .score = 900},
                 claim_of{.level = 3, .says = verdict::blacklisted, .score = -900}})
                .verdict,
            verdict::blacklisted);
  EXPECT_EQ(now({claim_of{.level = 0, .score = 10}, claim_of{.level = 3, .score = 20}}).score, 20);
}

TEST(verdict_rule, exclusions_act_inside_their_own_feed_and_upwards_only) {
  const claim exclusion = claim_of{.level = 1, .feed = 1, .exclusion = true};
  EXPECT_EQ(now({exclusion, claim_of{.level = 2, .feed = 1}}).verdict, verdict::none);
  EXPECT_EQ(now({exclusion, claim_of{.level = 2, .feed = 1}}).status, status::listed);
  EXPECT_EQ(now({exclusion, claim_of{.level = 1, .feed = 1}}).verdict, verdict::none);
  EXPECT_EQ(now({exclusion, claim_of{.level = 0, .feed = 1}}).verdict, verdict::spam);
  EXPECT_EQ(now({exclusion, claim_of{.level = 2, .feed = 2}}).verdict, verdict::spam);
}

TEST(verdict_rule, test_points_win_for_their_own_key) {
  EXPECT_EQ(now({claim_of{.feed = test_feed, .score = 5}, claim_of{.says = verdict::trusted},
                 claim_of{.says = verdict::malware}})
                .score,
            5);
  const claim never_hit = claim_of{.says = verdict::none, .feed = test_feed};
  EXPECT_EQ(now({never_hit, claim_of{.says = verdict::malware}}).status, status::not_listed);
}

// A never-hit test point says nothing of the keys that it covers.
TEST(verdict_rule, never_hit_points_are_no_trust) {
  const claim never_hit = claim_of{.level = 1, .says = verdict::none, .feed = test_feed};
  EXPECT_EQ(now({claim_of{.feed = 1, .exclusion = true}, never_hit,
                 claim_of{.level = 2, .says = verdict::malware, .feed = 2}})
                .verdict,
            verdict::malware);
}

// Its entry must exist as long as anything else covers it: a prefix would answer in its place.
TEST(verdict_rule, never_hit_points_keep_their_entry_though_other_rows_end) {
  const auto resolved = resolve_claims(
      std::vector<claim>{claim_of{.says = verdict::none, .feed = test_feed},
                         claim_of{.level = 1, .says = verdict::spam, .expires_h = now_h + 5}},
      test_feed, now_h);
  ASSERT_EQ(resolved.steps.size(), 1U);
  EXPECT_EQ(resolved.steps[0].value.status, status::not_listed);
  EXPECT_EQ(resolved.steps[0].expires_h, 0U);
}

TEST(verdict_rule, a_chain_ends_where_nothing_is_said) {
  const auto resolved =
      resolve_claims(std::vector<claim>{claim_of{.score = 1, .expires_h = now_h + 5},
                                        claim_of{.score = 2, .expires_h = now_h + 3}},
                     test_feed, now_h);
  ASSERT_EQ(resolved.steps.size(), 2U);
  EXPECT_EQ(resolved.steps[0].value.score, 2);
  EXPECT_EQ(resolved.steps[0].expires_h, now_h + 3);
  EXPECT_EQ(resolved.steps[1].value.score, 1);
  EXPECT_EQ(resolved.steps[1].expires_h, now_h + 5);
}

TEST(verdict_rule, an_hour_that_changes_nothing_is_no_step) {
  const auto resolved = resolve_claims(
      std::vector<claim>{claim_of{.score = 2}, claim_of{.score = 1, .expires_h = now_h + 3}},
      test_feed, now_h);
  ASSERT_EQ(resolved.steps.size(), 1U);
  EXPECT_EQ(resolved.steps[0].expires_h, 0U) << "the TTL must not be cut for it";
}

TEST(verdict_rule, knows_its_feeds) {
  const auto resolved = resolve_claims(
      std::vector<claim>{claim_of{.feed = 3}, claim_of{.feed = 1}, claim_of{.feed = 3}}, test_feed,
      now_h);
  EXPECT_EQ(resolved.feeds, (std::vector<std::uint16_t>{1, 3}));
  EXPECT_TRUE(resolve_claims({}, test_feed, now_h).steps.empty());
}

// A key with very many rows, each with an hour of its own, must not hold up a load.
TEST(verdict_rule, many_rows_of_one_key_are_no_trap) {
  std::vector<claim> claims;
  for (std::uint32_t i = 0; i < 4000; ++i) {
    claims.push_back(claim_of{.feed = static_cast<std::uint16_t>(i % 5),
                              .score = static_cast<std::int16_t>(i % 1000),
                              .expires_h = now_h + 1 + i});
  }
  EXPECT_LE(resolve_claims(claims, test_feed, now_h).steps.size(), claims.size());
}

claim any_claim() {
  claim c;
  c.row.kind = kind::host;
  c.level = *rc::gen::inRange<std::uint32_t>(0, 4);
  c.row.feed = static_cast<std::uint16_t>(*rc::gen::inRange(0, 3));
  c.row.exclusion = *rc::gen::inRange(0, 4) == 0;
  c.row.verdict = *rc::gen::elementOf(std::vector<verdict>{
      verdict::spam, verdict::probable_spam, verdict::formal, verdict::trusted, verdict::trusted,
      verdict::blacklisted, verdict::phishing, verdict::malware});
  c.row.score = static_cast<std::int16_t>(*rc::gen::inRange(-2, 3));
  c.row.category = static_cast<std::uint16_t>(*rc::gen::inRange(0, 2));
  c.row.cache_ttl_s = static_cast<std::uint16_t>(*rc::gen::inRange(10, 12));
  c.row.expires_h = *rc::gen::inRange<std::uint32_t>(0, 3) * 2;
  c.row.expires_h += c.row.expires_h == 0 ? 0 : now_h;
  if (*rc::gen::inRange(0, 12) == 0) {
    c.row.feed = test_feed;
    c.row.exclusion = false;
    c.row.expires_h = 0;
    c.row.verdict = *rc::gen::element(verdict::none, verdict::spam);
  }
  return c;
}

RC_GTEST_PROP(verdict_rule, is_the_page_s_at_every_hour, ()) {
  std::vector<claim> claims;
  bool fixed = false;
  for (int i = *rc::gen::inRange(1, 9); i > 0; --i) {
    claims.push_back(any_claim());
    if (claims.back().row.feed == test_feed && claims.back().level == 0) {
      if (fixed) {
        claims.pop_back();  // a key has one test point at most
      }
      fixed = true;
    }
  }
  const auto resolved = resolve_claims(claims, test_feed, now_h);
  for (std::size_t i = 0; i + 1 < resolved.steps.size(); ++i) {
    RC_ASSERT(resolved.steps[i].expires_h != 0U);
    RC_ASSERT(!(resolved.steps[i].value == resolved.steps[i + 1].value));
  }
  for (std::uint32_t hour = now_h; hour < now_h + 10; ++hour) {
    test::model_verdict got;
    for (const auto& step : resolved.steps) {
      if (step.expires_h == 0 || hour < step.expires_h) {
        got = test::said_by(step.value);
        break;
      }
    }
    const auto wanted = test::model_at(claims, test_feed, hour);
    RC_ASSERT(got == wanted);
  }
}

RC_GTEST_PROP(verdict_rule, does_not_depend_on_the_order_of_claims, ()) {
  std::vector<claim> claims;
  for (int i = *rc::gen::inRange(1, 9); i > 0; --i) {
    claim c = any_claim();
    c.row.feed = static_cast<std::uint16_t>(c.row.feed % 3);
    claims.push_back(c);
  }
  const auto first = resolve_claims(claims, test_feed, now_h);
  std::reverse(claims.begin(), claims.end());
  RC_ASSERT(resolve_claims(claims, test_feed, now_h) == first);
}

// A key with thousands of rows that end at different times must not cost their square.
TEST(claims, verdicts_of_a_key_are_bounded_in_number_and_cost) {
  std::vector<claim> claims;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    claims.push_back(claim_of{.score = 7, .expires_h = now_h + 1 + i});
  }
  EXPECT_EQ(resolve_claims(claims, test_feed, now_h).steps.size(), 1U);
  for (std::uint32_t i = 0; i < 2000; ++i) {
    claims[i].row.score = static_cast<std::int16_t>(1000 - i);
  }
  claims.resize(2000);
  const auto falling = resolve_claims(claims, test_feed, now_h);
  ASSERT_EQ(falling.steps.size(), 256U);
  EXPECT_EQ(falling.steps.front().value.score, 1000);
  EXPECT_EQ(falling.steps.back().expires_h, now_h + 256);
}

}  // namespace
}  // namespace repute::load
