// SPDX-License-Identifier: Apache-2.0
#include "repute/mail/question.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>

#include "extracted.hpp"
#include "spread.hpp"

namespace repute::mail {
namespace {

const seal::fingerprinter& fingerprints() {
  static const seal::fingerprinter made{seal::deployment_salt{}};
  return made;
}

/// Facts as a message would have them.
class facts_maker {
 public:
  facts_maker& add(subject subject, role role, std::string_view text, std::uint64_t size = 0) {
    const auto key = test::canon().canonical(subject, text);
    found_.facts.push_back({subject, role, std::string(text), std::get<canonical_key>(key), size});
    return *this;
  }

  /// A link on each of `count` registrable domains.
  facts_maker& add_decoys(int count, int first = 0) {
    for (int i = first; i < first + count; ++i) {
      add(subject::url, role::link, "http://www.decoy" + std::to_string(i) + ".com/a/b/c?d=e");
    }
    return *this;
  }

  [[nodiscard]] question ask(std::uint64_t seed = 1) const {
    return ask_about(found_, test::canon(), fingerprints(), seed);
  }

 private:
  message_facts found_;
};

bool asks(const question& asked, kind kind, std::string_view form) {
  const key wanted = fingerprints().make_key({kind, std::string(form)});
  return std::ranges::find(asked.keys, wanted) != asked.keys.end();
}

bool asks(const question& asked, subject subject, std::string_view text) {
  const auto form = std::get<canonical_key>(test::canon().canonical(subject, text));
  return asks(asked, form.kind, form.canonical);
}

std::string hex(std::size_t digits, unsigned value) {
  std::string out(digits, '0');
  for (std::size_t i = 0; i < 8; ++i, value >>= 4) {
    out[i] = "0123456789abcdef"[value & 15];
  }
  return out;
}

std::size_t slots(const question& asked) {
  const auto signatures = std::ranges::count(asked.keys, kind::text_sig, &key::kind);
  return asked.keys.size() + 10 * static_cast<std::size_t>(signatures);
}

TEST(question, asks_about_all_of_a_small_message) {
  const auto asked = facts_maker()
                         .add(subject::ip, role::client, "192.0.2.1")
                         .add(subject::email, role::from, "a@b.example")
                         .add(subject::url, role::link, "http://x.y.com/p/q?r")
                         .add(subject::url, role::link, "http://192.0.2.9/")
                         .ask();
  EXPECT_FALSE(asked.quota_reached);
  for (const char* form : {"x.y.com/p/q?r", "x.y.com/p/q", "x.y.com/p/", "x.y.com/", "y.com/p/q?r",
                           "y.com/", "192.0.2.9/"}) {
    EXPECT_TRUE(asks(asked, kind::url, form)) << form;
  }
  EXPECT_TRUE(asks(asked, kind::host, "x.y.com"));
  EXPECT_TRUE(asks(asked, kind::domain, "y.com"));
  EXPECT_TRUE(asks(asked, subject::ip, "192.0.2.1"));
  EXPECT_TRUE(asks(asked, subject::ip, "192.0.2.9"));
  EXPECT_TRUE(asks(asked, subject::email, "a@b.example"));
}

TEST(question, levels_are_those_that_cover_the_fact_the_most_specific_first) {
  const std::string url = "http://x.y.com/p/q?r";
  const auto asked = facts_maker().add(subject::url, role::link, url).ask();
  const auto covering =
      test::canon().covering(std::get<canonical_key>(test::canon().canonical(subject::url, url)));
  ASSERT_EQ(asked.levels.size(), 1U);
  ASSERT_EQ(asked.levels[0].size(), covering.size());
  for (std::size_t i = 0; i < covering.size(); ++i) {
    EXPECT_EQ(asked.keys[asked.levels[0][i]], fingerprints().make_key(covering[i])) << i;
  }
}

TEST(question, no_key_twice) {
  const auto asked = facts_maker()
                         .add(subject::url, role::link, "http://x.com/1")
                         .add(subject::url, role::link, "http://x.com/2")
                         .add(subject::domain, role::from, "x.com")
                         .ask();
  EXPECT_EQ(asked.keys.size(), 4U);
  EXPECT_EQ(asked.levels[0].back(), asked.levels[2].front());
}

TEST(question, of_nothing_is_empty) {
  EXPECT_TRUE(facts_maker().ask().keys.empty());
}

TEST(question, decoys_before_and_after_push_out_no_link) {
  const std::string bad = "http://bad.example.org/x";
  const auto last = facts_maker().add_decoys(10'000).add(subject::url, role::link, bad).ask();
  const auto first = facts_maker().add(subject::url, role::link, bad).add_decoys(10'000).ask();
  for (const question& asked : {last, first}) {
    EXPECT_TRUE(asks(asked, subject::url, bad));
    EXPECT_TRUE(asks(asked, kind::host, "bad.example.org"));
    EXPECT_TRUE(asks(asked, kind::domain, "example.org"));
    EXPECT_TRUE(asked.quota_reached);
    EXPECT_EQ(asked.keys.size(), keys_max);
  }
}

TEST(question, many_links_of_one_owner_leave_room_for_others) {
  facts_maker facts;
  for (int i = 0; i < 1000; ++i) {
    facts.add(subject::url, role::link, "http://h" + std::to_string(i) + ".decoy.com/x?y");
    if (i == 500) {
      facts.add(subject::url, role::link, "http://bad.example.org/x");
    }
  }
  EXPECT_TRUE(asks(facts.ask(), subject::url, "http://bad.example.org/x"));
}

TEST(question, in_the_middle_of_decoys_chance_decides) {
  int hits = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto asked = facts_maker()
                           .add_decoys(50)
                           .add(subject::url, role::link, "http://bad.org/")
                           .add_decoys(50, 50)
                           .ask(seed);
    hits += asks(asked, kind::host, "bad.org") ? 1 : 0;
  }
  EXPECT_GT(hits, 5);
  EXPECT_LT(hits, 195);
}

TEST(question, links_push_out_neither_texts_nor_digests_nor_addresses) {
  facts_maker facts;
  facts.add_decoys(10'000)
      .add(subject::ip, role::client, "192.0.2.1")
      .add(subject::domain, role::mail_from, "sender.example")
      .add(subject::text, role::body, "some words to see")
      .add(subject::textsig, role::body, hex(384, 1))
      .add(subject::textsig, role::body, hex(384, 2))
      .add(subject::avrec, role::given, "Id version")
      .add(subject::sha256, role::attachment, hex(64, 7), 100);
  const auto asked = facts.ask();
  EXPECT_TRUE(asks(asked, subject::ip, "192.0.2.1"));
  EXPECT_TRUE(asks(asked, subject::domain, "sender.example"));
  EXPECT_TRUE(asks(asked, subject::text, "some words to see"));
  EXPECT_TRUE(asks(asked, subject::textsig, hex(384, 1)));
  EXPECT_TRUE(asks(asked, subject::textsig, hex(384, 2)));
  EXPECT_TRUE(asks(asked, subject::avrec, "Id version"));
  EXPECT_TRUE(asks(asked, subject::avrec, "Id"));
  EXPECT_TRUE(asks(asked, subject::sha256, hex(64, 7)));
  EXPECT_LE(slots(asked), keys_max);
  EXPECT_EQ(asked.keys[0].kind(), kind::text_sig) << "both in the first datagram";
  EXPECT_EQ(asked.keys[1].kind(), kind::text_sig);
}

TEST(question, tiny_attachments_push_out_no_large_one) {
  facts_maker facts;
  for (unsigned i = 0; i < 500; ++i) {
    facts.add(subject::sha256, role::attachment, hex(64, i), 10);
    facts.add(subject::md5, role::attachment, hex(32, i), 10);
    facts.add(subject::name_md5, role::attachment_name, hex(32, i), 10);
  }
  facts.add(subject::sha256, role::attachment, hex(64, 9999), 100'000);
  facts.add(subject::email, role::from, "a@b.example");
  const auto asked = facts.ask();
  EXPECT_TRUE(asks(asked, subject::sha256, hex(64, 9999)));
  EXPECT_TRUE(asks(asked, subject::email, "a@b.example"));
  EXPECT_TRUE(asked.quota_reached);
}

TEST(question, unused_quota_passes_down) {
  const auto asked = facts_maker().add_decoys(200).ask();
  const auto names = std::ranges::count_if(asked.keys, [](const key& each) {
    return each.kind() == kind::host || each.kind() == kind::domain;
  });
  EXPECT_EQ(names, 16 + 32 + 4 + 48);
  EXPECT_EQ(asked.keys.size(), keys_max);
}

TEST(question, forged_relays_push_out_neither_the_client_nor_an_address_in_a_link) {
  facts_maker facts;
  facts.add(subject::ip, role::client, "192.0.2.1");
  for (int i = 0; i < 16; ++i) {
    facts.add(subject::ip, role::relay, "198.51.100." + std::to_string(i));
  }
  facts.add(subject::url, role::link, "http://203.0.113.9/x");
  const auto asked = facts.ask();
  EXPECT_TRUE(asks(asked, subject::ip, "192.0.2.1"));
  EXPECT_TRUE(asks(asked, subject::ip, "203.0.113.9"));
}

TEST(question, many_senders_push_out_no_digest) {
  facts_maker facts;
  for (int i = 0; i < 16; ++i) {
    facts.add(subject::email, role::from, "a" + std::to_string(i) + "@b.example");
    facts.add(subject::email_md5, role::from, "a" + std::to_string(i) + "@b.example");
  }
  facts.add(subject::sha256, role::attachment, hex(64, 1), 1);
  EXPECT_TRUE(asks(facts.ask(), subject::sha256, hex(64, 1)));
}

RC_GTEST_PROP(question, never_more_than_fits_and_levels_that_exist, ()) {
  facts_maker facts;
  const auto count = *rc::gen::inRange(0, 300);
  for (int i = 0; i < count; ++i) {
    const auto n = std::to_string(*rc::gen::inRange(0, 60));
    switch (*rc::gen::inRange(0, 7)) {
      case 0:
        facts.add(subject::ip, role::relay, "192.0.2." + n);
        break;
      case 1:
        facts.add(subject::domain, role::list, "a.b" + n + ".example");
        break;
      case 2:
        facts.add(subject::textsig, role::body, hex(384, static_cast<unsigned>(i)));
        break;
      case 3:
        facts.add(subject::md5, role::attachment, hex(32, static_cast<unsigned>(i)), 5);
        break;
      case 4:
        facts.add(subject::text, role::body, "three more words " + std::string(1, 'a'));
        break;
      default:
        facts.add(subject::url, role::link, "http://x.y" + n + ".example/a/b?c=" + n);
    }
  }
  const auto asked = facts.ask(*rc::gen::arbitrary<std::uint64_t>());
  RC_ASSERT(asked.keys.size() <= keys_max);
  RC_ASSERT(asked.levels.size() == static_cast<std::size_t>(count));
  std::vector<bool> used(asked.keys.size());
  for (const auto& levels : asked.levels) {
    for (const std::uint16_t level : levels) {
      RC_ASSERT(level < asked.keys.size());
      used[level] = true;
    }
  }
  RC_ASSERT(std::ranges::all_of(used, [](bool each) { return each; }));
}

RC_GTEST_PROP(spread, is_an_order_of_all_places, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(0, 500);
  auto seed = *rc::gen::arbitrary<std::uint64_t>();
  auto order = detail::spread(size, seed);
  if (size >= 4) {
    RC_ASSERT(order[0] == 0U);
    RC_ASSERT(order[1] == size - 1);
    RC_ASSERT(order[2] == 1U);
  }
  std::ranges::sort(order);
  std::vector<std::size_t> all(size);
  std::iota(all.begin(), all.end(), std::size_t{0});
  RC_ASSERT(order == all);
}

}  // namespace
}  // namespace repute::mail
