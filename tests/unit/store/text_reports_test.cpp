// SPDX-License-Identifier: Apache-2.0
#include "store/text_reports.hpp"

#include <gtest/gtest.h>

#include "repute/seal/digest.hpp"
#include "unit/store/text_entries.hpp"

namespace repute::test {
namespace {

using store::campaign_votes;
using store::live_action;
using store::live_entry;
using store::live_layer;
using store::text_reports;
using strength = campaign_votes::strength;

constexpr std::uint64_t now_s = 1'700'000'000;

campaign_votes votes(const text_reports& of, std::uint32_t text) {
  const auto scratch = std::make_unique<store::campaign_scratch>();
  return of.index()->votes_of(signature_of_text(text), now_s, *scratch);
}

TEST(text_reports_test, a_campaign_acts_after_reports_of_two_people) {
  text_reports reports({});
  ASSERT_TRUE(reports.set(report(1, "ann"), {}));
  EXPECT_EQ(votes(reports, 1).how, strength::weak);
  ASSERT_TRUE(reports.set(report(1, "ann", 1), {})) << "her own word again, on a text near it";
  EXPECT_EQ(votes(reports, 1).how, strength::weak);
  ASSERT_TRUE(reports.set(report(1, "bob"), {}));
  EXPECT_EQ(votes(reports, 1).how, strength::acting);
  EXPECT_EQ(votes(reports, 1).said.verdict, verdict::spam);
  EXPECT_EQ(votes(reports, 2).how, strength::none);
}

TEST(text_reports_test, an_administrator_is_enough) {
  text_reports reports({});
  ASSERT_TRUE(reports.set({}, report(1, "root", 0, live_layer::override)));
  EXPECT_EQ(votes(reports, 1).how, strength::acting);
  EXPECT_NE(votes(reports, 1).said.vflags & vflag_override, 0);
}

TEST(text_reports_test, what_is_taken_back_is_gone) {
  text_reports reports({});
  const live_entry said = report(1, "ann");
  live_entry removed = said;
  removed.action = live_action::remove;
  const live_entry over = report(1, "ann", 0, live_layer::override);
  ASSERT_TRUE(reports.set(said, over));
  EXPECT_EQ(votes(reports, 1).how, strength::acting);
  live_entry over_removed = over;
  over_removed.action = live_action::remove;
  ASSERT_TRUE(reports.set(said, over_removed)) << "the report is left";
  EXPECT_EQ(votes(reports, 1).how, strength::weak);
  ASSERT_TRUE(reports.set(removed, over_removed));
  EXPECT_EQ(votes(reports, 1).how, strength::none);
}

TEST(text_reports_test, ordinary_mail_takes_its_bands_away) {
  text_reports reports({});
  ASSERT_TRUE(reports.set({}, report(1, "root", 0, live_layer::override)));
  live_entry ham = report(1, "ann");
  ham.verdict = verdict::formal;
  ASSERT_TRUE(reports.set(ham, {}));
  EXPECT_EQ(votes(reports, 1).how, strength::none);
}

TEST(text_reports_test, entries_in_any_order_make_the_same) {
  std::vector<live_entry> entries{report(1, "bob"), report(1, "ann"), report(2, "ann"),
                                  report(2, "root", 0, live_layer::override)};
  for (std::uint64_t i = 0; i < entries.size(); ++i) {
    entries[i].seq = i + 1;
  }
  do {
    const text_reports reports(entries);
    EXPECT_EQ(reports.index()->campaigns(), 2u);
    EXPECT_EQ(votes(reports, 1).how, strength::acting);
    EXPECT_EQ(votes(reports, 2).how, strength::acting);
  } while (std::ranges::next_permutation(entries, {}, &live_entry::seq).found);
}

TEST(text_reports_test, a_reporter_opens_so_many_campaigns_a_day) {
  text_reports reports({});
  for (std::uint32_t text = 0; text < store::campaigns_a_day_max; ++text) {
    live_entry each = report(text, "ann");
    each.time_unix_s = now_s;
    ASSERT_TRUE(reports.may_report(each, 0, now_s));
    ASSERT_TRUE(reports.set(each, {}));
  }
  EXPECT_FALSE(reports.may_report(report(100, "ann"), 0, now_s + 24 * 3600 - 1));
  EXPECT_TRUE(reports.may_report(report(100, "ann"), 0, now_s + 24 * 3600)) << "a day later";
}

TEST(text_reports_test, what_opens_no_campaign_is_not_limited) {
  text_reports reports({});
  for (std::uint32_t text = 0; text < store::campaigns_a_day_max; ++text) {
    live_entry each = report(text, "ann");
    each.time_unix_s = now_s;
    ASSERT_TRUE(reports.set(each, {}));
  }
  EXPECT_FALSE(reports.may_report(report(100, "ann"), 0, now_s));
  EXPECT_TRUE(reports.may_report(report(100, "bob"), 0, now_s));
  EXPECT_FALSE(reports.may_report(report(100, "bob"), store::campaigns_a_day_max, now_s));
  EXPECT_TRUE(reports.may_report(report(5, "ann", 1), 0, now_s)) << "joins the one that it is near";
  EXPECT_TRUE(reports.may_report(report(100, "ann", 0, live_layer::override), 0, now_s));
  live_entry ham = report(100, "ann");
  ham.verdict = verdict::formal;
  EXPECT_TRUE(reports.may_report(ham, 0, now_s));
  live_entry removal = report(100, "ann");
  removal.action = live_action::remove;
  EXPECT_TRUE(reports.may_report(removal, 0, now_s));
}

}  // namespace
}  // namespace repute::test
