// SPDX-License-Identifier: Apache-2.0
#include "store/campaign_index.hpp"

#include <gtest/gtest.h>

#include <random>

#include "support/allocation_counter.hpp"
#include "unit/store/campaign_model.hpp"

namespace repute::store {
namespace {

using strength = campaign_votes::strength;
constexpr std::uint64_t now = 1'800'000'000;

fingerprint key_number(std::uint64_t number) {
  fingerprint key{};
  store_le(key.data(), number * 0x9e3779b97f4a7c15U);
  store_le(key.data() + 8, number);
  return key;
}

// Bands from..to hold `value`, the others none.
text_signature with_bands(std::uint32_t value, std::size_t from, std::size_t to) {
  text_signature out;
  out.format = text_signature::this_format;
  std::fill(out.bands.begin() + static_cast<std::ptrdiff_t>(from),
            out.bands.begin() + static_cast<std::ptrdiff_t>(to), value);
  return out;
}

campaign_member member(std::uint64_t number, const text_signature& signature,
                       verdict said = verdict::spam) {
  campaign_member out;
  out.key = key_number(number);
  out.signature = signature;
  out.said.verdict = said;
  out.said.score = static_cast<std::int16_t>(number);
  out.said.ttl_s = 60;
  out.reporter = 1;
  out.counts_alone = true;
  return out;
}

class campaign_index_test : public testing::Test {
 protected:
  campaign_votes ask(const text_signature& signature, std::uint64_t at = now) {
    return index.votes_of(signature, at, *scratch);
  }
  void add(const campaign_member& what) { ASSERT_TRUE(index.add(what)); }

  campaign_index index{100, 7};
  std::unique_ptr<campaign_scratch> scratch = std::make_unique<campaign_scratch>();
};

TEST_F(campaign_index_test, four_votes_act_three_are_weak_two_are_nothing) {
  add(member(1, with_bands(5, 0, 85)));
  campaign_votes found = ask(with_bands(5, 0, 4));
  EXPECT_EQ(found.how, strength::acting);
  EXPECT_EQ(found.votes, 4U);
  EXPECT_EQ(found.name, load_le<std::uint32_t>(key_number(1).data()));
  EXPECT_EQ(found.said.status, status::near);
  EXPECT_EQ(found.said.verdict, verdict::spam);
  EXPECT_EQ(found.said.score, 1);
  EXPECT_EQ(found.said.ttl_s, 60);
  EXPECT_EQ(ask(with_bands(5, 82, 85)).how, strength::weak);
  EXPECT_EQ(ask(with_bands(5, 83, 85)).how, strength::none);
  EXPECT_EQ(ask(with_bands(6, 0, 85)).how, strength::none);
  EXPECT_EQ(ask(with_bands(0, 0, 85)).how, strength::none);
}

TEST_F(campaign_index_test, fallback_is_a_world_of_its_own_and_weak) {
  text_signature hint = with_bands(5, 0, 85);
  hint.fallback = true;
  add(member(1, hint));
  EXPECT_EQ(ask(with_bands(5, 0, 85)).how, strength::none);
  const campaign_votes found = ask(hint);
  EXPECT_EQ(found.how, strength::weak);
  EXPECT_TRUE(found.fallback);
  EXPECT_EQ(found.votes, 85U);
  text_signature three = with_bands(5, 0, 3);
  three.fallback = true;
  EXPECT_EQ(ask(three).how, strength::none);
}

TEST_F(campaign_index_test, filter_versions_must_be_near) {
  text_signature of_seven = with_bands(5, 0, 85);
  of_seven.filter_version = 7;
  add(member(1, of_seven));
  for (const auto& [version, near] :
       {std::pair{7, true}, {1, true}, {6, true}, {0, false}, {2, false}, {5, false}}) {
    text_signature asked = of_seven;
    asked.filter_version = static_cast<std::uint8_t>(version);
    EXPECT_EQ(ask(asked).how != strength::none, near) << version;
  }
}

TEST_F(campaign_index_test, other_formats_are_near_to_nothing) {
  add(member(1, with_bands(5, 0, 85)));
  text_signature other = with_bands(5, 0, 85);
  other.format = 2;
  EXPECT_EQ(ask(other).how, strength::none);
}

TEST_F(campaign_index_test, a_near_member_joins_and_its_bands_count) {
  add(member(1, with_bands(5, 0, 44)));
  add(member(2, with_bands(5, 40, 85)));
  add(member(3, with_bands(6, 41, 85)));
  EXPECT_EQ(index.campaigns(), 2U);
  const campaign_votes found = ask(with_bands(5, 0, 85));
  EXPECT_EQ(found.votes, 85U);
  EXPECT_EQ(found.name, load_le<std::uint32_t>(key_number(1).data()));
}

TEST_F(campaign_index_test, a_band_is_one_vote_however_many_members_have_it) {
  for (std::uint64_t i = 1; i <= 10; ++i) {
    add(member(i, with_bands(5, 0, 40)));
  }
  EXPECT_EQ(index.campaigns(), 1U);
  EXPECT_EQ(ask(with_bands(5, 0, 3)).votes, 3U);
}

TEST_F(campaign_index_test, a_campaign_acts_with_two_reporters_or_an_administrator) {
  const auto report = [](std::uint64_t key, std::uint32_t by, std::size_t bands) {
    campaign_member out = member(key, with_bands(5, 0, bands));
    out.reporter = by;
    out.counts_alone = false;
    return out;
  };
  const text_signature asked = with_bands(5, 0, 40);
  add(report(1, 1, 40));
  EXPECT_EQ(ask(asked).how, strength::weak);
  add(report(2, 1, 50));
  EXPECT_EQ(ask(asked).how, strength::weak) << "the same one again";
  add(report(3, 0, 50));
  EXPECT_EQ(ask(asked).how, strength::weak) << "nobody's word";
  campaign_member second = report(4, 2, 60);
  second.expires_unix_s = now + 10;
  add(second);
  EXPECT_EQ(ask(asked).how, strength::acting);
  EXPECT_EQ(ask(asked, now + 10).how, strength::weak);
  add(member(5, with_bands(5, 0, 70)));
  EXPECT_EQ(ask(asked, now + 10).how, strength::acting) << "an administrator's";
  EXPECT_EQ(index.campaigns(), 1U);
}

TEST_F(campaign_index_test, the_worst_verdict_speaks_and_ends) {
  add(member(1, with_bands(5, 0, 40)));
  campaign_member worse = member(2, with_bands(5, 0, 40), verdict::phishing);
  worse.expires_unix_s = now + 10;
  add(worse);
  EXPECT_EQ(ask(worse.signature).said.verdict, verdict::phishing);
  EXPECT_EQ(ask(worse.signature).said.ttl_s, 10);
  EXPECT_EQ(ask(worse.signature, now + 10).said.verdict, verdict::spam);
  EXPECT_EQ(ask(worse.signature, now + 10).said.ttl_s, 60);
}

TEST_F(campaign_index_test, ended_members_do_not_vote) {
  campaign_member first = member(1, with_bands(5, 0, 44));
  first.expires_unix_s = now + 10;
  add(first);
  add(member(2, with_bands(5, 40, 85)));
  EXPECT_EQ(ask(with_bands(5, 0, 85), now + 9).votes, 85U);
  EXPECT_EQ(ask(with_bands(5, 0, 85), now + 10).votes, 45U);
  EXPECT_EQ(ask(with_bands(5, 0, 10), now + 10).how, strength::none);
}

TEST_F(campaign_index_test, what_acts_comes_first_then_votes_then_severity) {
  campaign_member unproved = member(1, with_bands(1, 0, 20), verdict::malware);
  unproved.counts_alone = false;
  add(unproved);
  add(member(2, with_bands(2, 20, 30), verdict::spam));
  text_signature both = with_bands(1, 0, 20);
  std::fill(both.bands.begin() + 20, both.bands.begin() + 30, 2);
  EXPECT_EQ(ask(both).said.verdict, verdict::spam);
  add(member(3, with_bands(3, 30, 40), verdict::phishing));
  std::fill(both.bands.begin() + 30, both.bands.begin() + 40, 3);
  EXPECT_EQ(ask(both).said.verdict, verdict::phishing);
  both.bands[30] = 0;
  EXPECT_EQ(ask(both).said.verdict, verdict::spam);
}

TEST_F(campaign_index_test, bands_of_ordinary_mail_count_for_nobody) {
  add(member(1, with_bands(5, 0, 85)));
  add(member(2, with_bands(5, 0, 80), verdict::trusted));
  EXPECT_EQ(ask(with_bands(5, 0, 85)).votes, 5U);
  add(member(3, with_bands(5, 80, 82), verdict::formal));
  EXPECT_EQ(ask(with_bands(5, 0, 85)).how, strength::weak);
  EXPECT_TRUE(index.remove(key_number(2)));
  EXPECT_EQ(ask(with_bands(5, 0, 85)).votes, 83U);
  EXPECT_EQ(index.campaigns(), 1U);
}

TEST_F(campaign_index_test, removing_leaves_what_others_say) {
  add(member(1, with_bands(5, 0, 85)));
  add(member(2, with_bands(5, 0, 40)));
  EXPECT_FALSE(index.remove(key_number(3)));
  EXPECT_TRUE(index.remove(key_number(1)));
  EXPECT_FALSE(index.remove(key_number(1)));
  EXPECT_EQ(ask(with_bands(5, 0, 85)).votes, 40U);
  EXPECT_EQ(ask(with_bands(5, 0, 85)).said.score, 2);
  EXPECT_TRUE(index.remove(key_number(2)));
  EXPECT_EQ(ask(with_bands(5, 0, 85)).how, strength::none);
}

TEST_F(campaign_index_test, saying_it_again_takes_no_room) {
  campaign_member again = member(1, with_bands(5, 0, 85));
  again.expires_unix_s = now + 10;
  add(again);
  again.expires_unix_s = now + 100;
  again.said.score = 900;
  add(again);
  EXPECT_EQ(index.room(), 99U);
  EXPECT_EQ(ask(again.signature, now + 50).said.score, 900);
  again.expires_unix_s = now + 20;
  add(again);
  EXPECT_EQ(ask(again.signature, now + 50).how, strength::none);
}

TEST_F(campaign_index_test, a_verdict_turned_round_moves_the_member) {
  add(member(1, with_bands(5, 0, 85)));
  add(member(1, with_bands(5, 0, 85), verdict::trusted));
  EXPECT_EQ(ask(with_bands(5, 0, 85)).how, strength::none);
  add(member(1, with_bands(5, 0, 85), verdict::malware));
  EXPECT_EQ(ask(with_bands(5, 0, 85)).said.verdict, verdict::malware);
}

TEST_F(campaign_index_test, full_lists_and_full_campaigns_are_cut) {
  // Each shares three bands, which makes no campaign of them.
  for (std::uint32_t i = 0; i < 70; ++i) {
    text_signature signature = with_bands(i + 100, 3, 10);
    std::fill_n(signature.bands.begin(), 3, 5);
    add(member(i, signature));
  }
  EXPECT_EQ(index.campaigns(), 70U);
  EXPECT_EQ(index.bands_cut(), 6U * 3);
  EXPECT_EQ(ask(with_bands(5, 0, 10)).how, strength::weak);
}

TEST_F(campaign_index_test, a_full_campaign_is_followed_by_another) {
  for (std::uint32_t i = 0; i < 4; ++i) {
    text_signature signature = with_bands(100 + i, 0, 85);
    std::fill_n(signature.bands.begin(), 4, 5);
    add(member(i, signature));
    EXPECT_EQ(index.campaigns(), i < 3 ? 1U : 2U);
  }
  add(member(4, with_bands(5, 0, 4)));
  EXPECT_EQ(index.campaigns(), 2U);
  EXPECT_EQ(index.bands_cut(), 0U);
}

TEST_F(campaign_index_test, a_campaign_has_256_bands_and_those_of_filters_count_apart) {
  for (std::uint32_t i = 1; i <= 4; ++i) {
    text_signature signature = with_bands(5, 0, 85);
    signature.filter_version = static_cast<std::uint8_t>(i);
    add(member(i, signature));
  }
  EXPECT_EQ(index.campaigns(), 1U);
  EXPECT_EQ(index.bands_cut(), 4 * 85 - 256);
}

TEST_F(campaign_index_test, counts_what_has_not_ended) {
  add(member(1, with_bands(1, 0, 85)));
  add(member(2, with_bands(2, 0, 85), verdict::formal));
  campaign_member ending = member(3, with_bands(3, 0, 85), verdict::formal);
  ending.expires_unix_s = now + 10;
  ending.signature.filter_version = 7;
  add(ending);
  EXPECT_EQ(index.count_in_force(now),
            (members_in_force{{1, 0, 0, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 0, 0, 1}}));
  EXPECT_EQ(index.count_in_force(now + 10), (members_in_force{{1}, {2}}));
  EXPECT_TRUE(index.remove(key_number(2)));
  EXPECT_EQ(index.count_in_force(now),
            (members_in_force{{0, 0, 0, 0, 0, 0, 0, 1}, {1, 0, 0, 0, 0, 0, 0, 1}}));
  EXPECT_EQ(index.campaigns(), 1U);
}

TEST(campaign_index_guard_test, of_many_campaigns_the_first_act_until_ordinary_mail_is_known) {
  campaign_index index(1000, 7);
  const auto scratch = std::make_unique<campaign_scratch>();
  const auto strength_of = [&](std::uint32_t campaign, std::uint64_t at = now) {
    return index.votes_of(with_bands(campaign, 0, 85), at, *scratch).how;
  };
  for (std::uint32_t i = 1; i <= 11; ++i) {
    campaign_member reported = member(50 + i, with_bands(50 + i, 0, 85));
    reported.counts_alone = false;
    ASSERT_TRUE(index.add(reported));
    ASSERT_TRUE(index.add(member(i, with_bands(i, 0, 85))));
  }
  EXPECT_EQ(strength_of(51), strength::weak) << "one person's word, which takes no place";
  EXPECT_EQ(strength_of(10), strength::acting);
  EXPECT_EQ(strength_of(11), strength::weak);
  for (std::uint32_t i = 0; i < ordinary_enough; ++i) {
    EXPECT_EQ(strength_of(11), strength::weak) << i;
    campaign_member ordinary = member(100 + i, with_bands(100 + i, 0, 85), verdict::formal);
    ordinary.expires_unix_s = i == 7 ? now + 10 : 0;
    ASSERT_TRUE(index.add(ordinary));
  }
  EXPECT_EQ(strength_of(11), strength::acting);
  EXPECT_EQ(strength_of(11, now + 10), strength::weak) << "one has ended";
  ASSERT_TRUE(index.add(member(500, with_bands(500, 0, 85), verdict::none)));
  EXPECT_EQ(strength_of(11, now + 10), strength::acting);
  ASSERT_TRUE(index.remove(key_number(500)));
  EXPECT_EQ(strength_of(11), strength::acting);
  ASSERT_TRUE(index.remove(key_number(100)));
  EXPECT_EQ(strength_of(11), strength::weak);
  for (std::uint32_t i = 1; i < ordinary_enough; ++i) {
    ASSERT_TRUE(index.remove(key_number(100 + i)));
  }
  EXPECT_EQ(strength_of(11), strength::weak);
  EXPECT_EQ(strength_of(10), strength::acting);
}

TEST(campaign_index_guard_test, ordinary_mail_that_was_signed_otherwise_does_not_count) {
  campaign_index index(1000, 7);
  const auto scratch = std::make_unique<campaign_scratch>();
  const auto signature_of = [](std::uint32_t seed, std::uint8_t filter_version) {
    text_signature out = with_bands(seed, 0, 85);
    out.filter_version = filter_version;
    return out;
  };
  const auto strength_of = [&](std::uint32_t campaign, std::uint8_t filter_version) {
    return index.votes_of(signature_of(campaign, filter_version), now, *scratch).how;
  };
  for (std::uint32_t i = 1; i <= 11; ++i) {
    ASSERT_TRUE(index.add(member(i, with_bands(i, 0, 85))));
    ASSERT_TRUE(index.add(member(20 + i, signature_of(20 + i, 2))));
  }
  for (std::uint32_t i = 0; i < ordinary_enough; ++i) {
    const auto version = static_cast<std::uint8_t>(1 + i % 2 * 2);
    ASSERT_TRUE(index.add(member(100 + i, signature_of(100 + i, version), verdict::formal)));
  }
  EXPECT_EQ(strength_of(11, 0), strength::weak);
  EXPECT_EQ(strength_of(31, 2), strength::acting) << "1 and 3 are near";
  EXPECT_EQ(strength_of(31, 1), strength::weak) << "2 is near, but half of the mail is 3";
}

TEST_F(campaign_index_test, a_full_index_takes_no_more) {
  for (std::uint32_t i = 0; i < 100; ++i) {
    add(member(i, with_bands(i + 1, 0, 85)));
  }
  EXPECT_FALSE(index.add(member(100, with_bands(101, 0, 85))));
  EXPECT_EQ(index.members(), 100U);
  EXPECT_EQ(ask(with_bands(1, 0, 85)).votes, 85U);
  EXPECT_EQ(ask(with_bands(101, 0, 85)).how, strength::none);
}

TEST_F(campaign_index_test, looking_up_allocates_nothing) {
  add(member(1, with_bands(5, 0, 85)));
  const auto before = repute::test::allocations();
  EXPECT_EQ(ask(with_bands(5, 0, 85)).votes, 85U);
  EXPECT_EQ(repute::test::allocations(), before);
}

// Signatures of few values and campaigns of many members, so that everything happens.
campaign_member drawn_member(std::mt19937_64& random) {
  campaign_member out;
  const auto family = static_cast<std::uint32_t>(random() % 12);
  text_signature& signature = out.signature;
  signature.format = text_signature::this_format;
  signature.fallback = random() % 8 == 0;
  signature.filter_version = static_cast<std::uint8_t>(random() % 3 * 3);  // 0, 3, 6
  if (random() % 3 == 0 && signature.filter_version != 0) {
    ++signature.filter_version;
  }
  const std::uint64_t kept = 2 + random() % 12;  // of 14
  for (std::uint32_t& band : signature.bands) {
    band = random() % 14 < kept ? family + 1 : static_cast<std::uint32_t>(random() % 40);
  }
  const auto bytes = encode_text_signature(signature);
  std::copy_n(bytes.begin() + 8, out.key.size(), out.key.begin());
  out.said.verdict = all_verdicts[random() % 10 < 9 ? 1 + random() % 2 * 5 : random() % 8];
  out.said.score = static_cast<std::int16_t>(random() % 1000);
  out.said.ttl_s = 60;
  out.reporter = static_cast<std::uint32_t>(random() % 4);
  out.counts_alone = random() % 8 == 0;
  out.expires_unix_s = random() % 4 == 0 ? 0 : now + random() % 100;
  return out;
}

TEST(campaign_index_model_test, agrees_with_a_naive_model) {
  const auto scratch = std::make_unique<campaign_scratch>();
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    std::mt19937_64 random(seed);
    campaign_index index(800, seed);
    test::campaign_model model;
    std::vector<campaign_member> known;
    for (std::uint64_t i = 0; seed % 4 == 0 && i < ordinary_enough + 5; ++i) {
      campaign_member ordinary = member(600 + i, with_bands(1000, 0, 85), verdict::formal);
      ordinary.expires_unix_s = random() % 4 == 0 ? now + random() % 2000 : 0;
      ordinary.signature.filter_version = static_cast<std::uint8_t>(3 + i % 2);
      ASSERT_TRUE(index.add(ordinary));
      model.add(ordinary);
      known.push_back(ordinary);
    }
    for (int step = 0; step < 200; ++step) {
      if (!known.empty() && random() % 4 == 0) {
        const fingerprint key = known[random() % known.size()].key;
        ASSERT_EQ(index.remove(key), model.remove(key));
      } else {
        campaign_member next = drawn_member(random);
        if (!known.empty() && random() % 4 == 0) {
          const std::uint64_t expires = next.expires_unix_s;
          next = known[random() % known.size()];
          next.expires_unix_s = expires;
        }
        ASSERT_TRUE(index.add(next));
        model.add(next);
        known.push_back(next);
      }
      const text_signature asked = drawn_member(random).signature;
      const std::uint64_t at = now + random() % 100;
      ASSERT_EQ(index.votes_of(asked, at, *scratch), model.votes_of(asked, at))
          << "seed " << seed << " step " << step;
      ASSERT_EQ(index.campaigns(), model.campaigns());
    }
    EXPECT_GT(index.campaigns(), 5U);
  }
}

}  // namespace
}  // namespace repute::store
