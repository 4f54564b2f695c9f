// SPDX-License-Identifier: Apache-2.0
// The rule that makes one row of several answers, as a table.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "lookup_row.hpp"

namespace repute::tool {
namespace {

using answers = std::vector<answer>;

const answer clean{.ttl_s = 5};
const answer spam{.status = status::listed, .verdict = verdict::spam, .score = 700, .ttl_s = 60};
const answer trusted{.status = status::listed, .verdict = verdict::trusted, .score = -500};
const answer excluded{.status = status::listed, .verdict = verdict::none, .ttl_s = 30};
const answer unknown_kind{.status = status::unsupported};
const answer limit{.status = status::skipped};
const answer forbidden{.status = status::refused};
const answer near_campaign{.status = status::near, .verdict = verdict::spam};

answer overriding(answer from) {
  from.vflags |= vflag_override;
  return from;
}

void expect_listed(const answers& given, std::size_t level) {
  const decision seen = decide(given);
  EXPECT_EQ(seen.status, row_status::listed);
  EXPECT_EQ(seen.level, level);
  EXPECT_EQ(seen.decided, given[level]);
}

TEST(Decide, TheMostSpecificListingWins) {
  expect_listed({spam, trusted}, 0);
  expect_listed({trusted, spam}, 0);
  expect_listed({clean, spam, trusted}, 1);
  expect_listed({clean, near_campaign}, 1);
}

TEST(Decide, NothingListedIsNotListedForTheShortestTime) {
  answer longer = clean;
  longer.ttl_s = 60;
  const decision seen = decide(answers{longer, clean, longer});
  EXPECT_EQ(seen.status, row_status::not_listed);
  EXPECT_EQ(seen.decided.verdict, verdict::none);
  EXPECT_EQ(seen.decided.ttl_s, 5);
}

TEST(Decide, AnExclusionEndsTheSearch) {
  EXPECT_EQ(decide(answers{excluded, spam}).status, row_status::not_listed);
  EXPECT_EQ(decide(answers{clean, excluded, spam}).status, row_status::not_listed);
  expect_listed({spam, excluded}, 0);
}

TEST(Decide, AnOverrideWinsAtAnyLevel) {
  expect_listed({spam, overriding(trusted)}, 1);
  expect_listed({excluded, overriding(spam)}, 1);
  expect_listed({forbidden, overriding(spam)}, 1);
  expect_listed({clean, overriding(trusted), overriding(spam)}, 1);
  EXPECT_EQ(decide(answers{spam, overriding(excluded)}).status, row_status::not_listed);
}

TEST(Decide, AnErrorIsNeverAVerdict) {
  EXPECT_EQ(decide(answers{limit}).status, row_status::error);
  EXPECT_EQ(decide(answers{clean, forbidden}).status, row_status::error);
  // What was not answered might have been an exclusion.
  EXPECT_EQ(decide(answers{limit, spam}).status, row_status::error);
  EXPECT_EQ(decide(answers{unknown_kind, spam}).status, row_status::unsupported);
  expect_listed({spam, limit}, 0);
}

RC_GTEST_PROP(Decide, WhatIsListedWasListedByItsLevel, ()) {
  const auto given = *rc::gen::container<answers>(
      rc::gen::element(clean, spam, trusted, excluded, unknown_kind, limit, forbidden,
                       overriding(spam), overriding(excluded)));
  const decision seen = decide(given);
  const bool any_silent = std::ranges::any_of(given, [](const answer& a) {
    return a.status == status::skipped || a.status == status::refused;
  });
  if (seen.status == row_status::listed) {
    RC_ASSERT(given.at(seen.level).status == status::listed);
    RC_ASSERT(seen.decided.verdict != verdict::none);
  }
  if (seen.status == row_status::error) {
    RC_ASSERT(any_silent);
  }
  if (given.empty()) {
    RC_ASSERT(seen.status == row_status::not_listed);
  }
}

}  // namespace
}  // namespace repute::tool
