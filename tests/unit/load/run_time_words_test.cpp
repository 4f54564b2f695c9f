// SPDX-License-Identifier: Apache-2.0
// Which of the tables, live entries and overrides gives the answer: record_format.md section 6.
#include "load/run_time_words.hpp"

#include <gtest/gtest.h>

namespace repute::load {
namespace {

using store::live_action;
using store::live_entry;
using store::live_layer;
using store::record_position;

constexpr std::uint64_t now = 1'000'000;

record_position address(std::uint8_t last, std::uint8_t length) {
  record_position out;
  out.kind = kind::ip4;
  out.key = {192, 0, 2, last};
  out.prefix_length = length;
  return out;
}

class words_test : public testing::Test {
 protected:
  void say(live_layer layer, live_action action, const record_position& at, verdict value,
           std::uint64_t expires = 0) {
    live_entry entry;
    entry.layer = layer;
    entry.action = action;
    entry.kind = at.kind;
    entry.key = at.key;
    entry.prefix_length = at.prefix_length;
    entry.seq = ++seq_;
    entry.verdict = value;
    entry.expires_unix_s = expires;
    words_.add(entry, false);
  }
  // What is answered for 192.0.2.1 when the tables hold `exact` and a network that is malware.
  [[nodiscard]] laid_over ask(std::optional<verdict> exact, bool test_point = false) const {
    table_answers tables;
    tables.test_point = test_point;
    if (exact) {
      tables.exact = listed(*exact);
    }
    tables.networks = listed(verdict::malware);
    return lay_over(tables, words_, with_networks(address(1, 32)), now);
  }
  static answer listed(verdict value) {
    answer out;
    out.status = status::listed;
    out.verdict = value;
    return out;
  }

  run_time_words words_;
  std::uint64_t seq_ = 0;
};

TEST_F(words_test, a_test_point_hears_nothing) {
  say(live_layer::override, live_action::put, address(0, 24), verdict::trusted);
  EXPECT_EQ(ask(verdict::spam).answer.verdict, verdict::trusted);
  EXPECT_EQ(ask(verdict::spam, true).answer.verdict, verdict::spam);
  EXPECT_EQ(ask({}, true).answer.verdict, verdict::malware);
}

TEST_F(words_test, of_rows_that_have_ended_nothing_is_left_but_the_networks_said) {
  table_answers tables;
  tables.exact = answer{};
  tables.networks = listed(verdict::malware);
  const auto around = with_networks(address(1, 32));
  EXPECT_EQ(lay_over(tables, words_, around, now).answer.status, status::not_listed);
  say(live_layer::live, live_action::put, address(0, 24), verdict::phishing);
  EXPECT_EQ(lay_over(tables, words_, around, now).answer.verdict, verdict::phishing);
}

TEST_F(words_test, nothing_said_leaves_the_tables) {
  EXPECT_EQ(ask(verdict::spam).answer.verdict, verdict::spam);
  EXPECT_EQ(ask(std::nullopt).answer.verdict, verdict::malware);
  EXPECT_EQ(ask(std::nullopt).layer, answer_layer::feeds);
}

TEST_F(words_test, an_override_wins_and_is_marked) {
  say(live_layer::live, live_action::put, address(1, 32), verdict::phishing);
  say(live_layer::override, live_action::put, address(0, 24), verdict::none);
  const laid_over got = ask(verdict::spam);
  EXPECT_EQ(got.layer, answer_layer::override);
  EXPECT_EQ(got.answer.status, status::listed);
  EXPECT_EQ(got.answer.verdict, verdict::none);
  EXPECT_EQ(got.answer.vflags, vflag_override);
  say(live_layer::override, live_action::put, address(1, 32), verdict::trusted);
  EXPECT_EQ(ask(verdict::spam).answer.verdict, verdict::trusted) << "the most specific override";
}

TEST_F(words_test, lifting_an_override_shows_what_is_below) {
  say(live_layer::override, live_action::put, address(1, 32), verdict::trusted);
  say(live_layer::override, live_action::remove, address(1, 32), verdict::none);
  EXPECT_EQ(ask(verdict::spam).answer.verdict, verdict::spam);
}

TEST_F(words_test, a_live_entry_hides_the_exact_table) {
  say(live_layer::live, live_action::put, address(1, 32), verdict::phishing);
  EXPECT_EQ(ask(verdict::spam).answer.verdict, verdict::phishing);
  EXPECT_EQ(ask(verdict::spam).answer.vflags, 0);
}

TEST_F(words_test, a_removal_leaves_what_the_networks_say) {
  say(live_layer::live, live_action::remove, address(1, 32), verdict::none);
  EXPECT_EQ(ask(verdict::spam).answer.verdict, verdict::malware);
  say(live_layer::live, live_action::put, address(0, 28), verdict::formal);
  EXPECT_EQ(ask(verdict::spam).answer.verdict, verdict::formal);
}

TEST_F(words_test, a_live_network_stands_between_the_exact_table_and_the_prefix_tables) {
  say(live_layer::live, live_action::put, address(0, 24), verdict::formal);
  EXPECT_EQ(ask(verdict::spam).answer.verdict, verdict::spam);
  EXPECT_EQ(ask(std::nullopt).answer.verdict, verdict::formal);
}

TEST_F(words_test, an_entry_whose_time_is_over_is_as_if_never_said) {
  say(live_layer::live, live_action::put, address(1, 32), verdict::phishing, now);
  EXPECT_EQ(ask(verdict::spam).answer.verdict, verdict::spam);
  say(live_layer::live, live_action::put, address(1, 32), verdict::phishing, now + 5);
  EXPECT_EQ(ask(verdict::spam).answer.ttl_s, 5);
}

TEST(with_networks, goes_from_the_key_to_the_whole) {
  const auto all = with_networks(address(255, 32));
  ASSERT_EQ(all.size(), 33U);
  EXPECT_EQ(all[0], address(255, 32));
  EXPECT_EQ(all[1], address(254, 31));
  EXPECT_EQ(all[8], address(0, 24));
  EXPECT_EQ(all[32], (record_position{kind::ip4, {}, 0}));
  record_position name;
  name.kind = kind::host;
  EXPECT_EQ(with_networks(name).size(), 1U);
}

}  // namespace
}  // namespace repute::load
