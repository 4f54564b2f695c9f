// SPDX-License-Identifier: Apache-2.0
// The order of answers of schema/record_format.md, section 6.
#include "store/live_view.hpp"

#include <gtest/gtest.h>

#include "unit/store/live_world.hpp"

namespace repute::test {
namespace {

using store::live_layer;
using store::live_said;

constexpr std::array<std::uint8_t, 4> address{192, 0, 2, 7};

fingerprint bytes_of(std::array<std::uint8_t, 4> from) {
  fingerprint out{};
  std::copy(from.begin(), from.end(), out.begin());
  return out;
}

live_said put(std::int16_t score, std::uint64_t expires = 0) {
  store::live_entry entry = put_of({}, score, expires);
  return said_by(entry);
}
live_said over(std::int16_t score, std::uint64_t expires = 0) {
  return said_by(put_of({}, score, expires, live_layer::override));
}
live_said removed(std::uint64_t expires = 0) {
  store::live_entry entry = removal_of(put_of({}, 0));
  entry.expires_unix_s = expires;
  return said_by(entry);
}

// Feeds list one name (score 1), one address (2) and a network around it (3).
class live_view_test : public testing::Test {
 protected:
  live_view_test() : snapshot_(content()) {}

  static store::snapshot_content content() {
    content_builder made;
    made.add_key(kind::host, numbered(1), made.verdict_of(listing(1)));
    made.add_key(kind::ip4, bytes_of(address), made.verdict_of(listing(2)));
    const std::uint32_t network = made.verdict_of(listing(3));
    made.content().ranges4 = {{0xc0000200, network}, {0xc0000300, store::no_verdict}};
    return std::move(made.content());
  }

  void set(kind kind, const fingerprint& key, live_layer layer, const live_said& said) {
    ASSERT_TRUE(index_.set(snapshot_.view().make_probe(kind, key.data()).key, layer, said));
  }
  void set_network(live_layer layer, std::uint8_t length, const live_said& said) {
    std::array<std::uint8_t, 4> start = address;
    start[3] = length >= 29 ? start[3] & 0xf8 : 0;
    auto& of = layer == live_layer::override ? over_ : live_;
    of.push_back({store::network_address(kind::ip4, start.data()), length, said});
  }
  answer ask(kind kind, const fingerprint& key, std::uint64_t at_s = now_s) {
    store::live_networks networks;
    networks.override4 = store::network_index(over_);
    networks.live4 = store::network_index(live_);
    const store::live_view view{&index_, &networks, 0};
    const store::probe wanted = snapshot_.view().make_probe(kind, key.data());
    answer out;
    view.lookup(snapshot_.view(), {&wanted, 1}, at_s, {&out, 1});
    return out;
  }
  std::int16_t score(const answer& of) {
    EXPECT_EQ(of.status, status::listed);
    return of.score;
  }

  memory_snapshot snapshot_;
  store::live_index index_{200};
  std::vector<store::live_network> over_;
  std::vector<store::live_network> live_;
};

TEST_F(live_view_test, feeds_speak_where_nothing_is_said) {
  EXPECT_EQ(score(ask(kind::host, numbered(1))), 1);
  EXPECT_EQ(ask(kind::host, numbered(9)).status, status::not_listed);
  EXPECT_EQ(score(ask(kind::ip4, bytes_of(address))), 2);
  EXPECT_EQ(score(ask(kind::ip4, bytes_of({192, 0, 2, 8}))), 3);
}

TEST_F(live_view_test, an_override_wins_over_a_put_and_a_put_over_the_table) {
  set(kind::host, numbered(1), live_layer::live, put(10, now_s + 20));
  EXPECT_EQ(ask(kind::host, numbered(1)).vflags, 0);
  EXPECT_EQ(score(ask(kind::host, numbered(1))), 10);
  EXPECT_EQ(ask(kind::host, numbered(1)).ttl_s, 20);
  set(kind::host, numbered(1), live_layer::override, over(11, now_s + 10));
  EXPECT_EQ(score(ask(kind::host, numbered(1))), 11);
  EXPECT_EQ(ask(kind::host, numbered(1)).vflags, vflag_override);
  EXPECT_EQ(ask(kind::host, numbered(1)).ttl_s, 10);
  // Each ends by itself, and the next one speaks.
  EXPECT_EQ(score(ask(kind::host, numbered(1), now_s + 10)), 10);
  EXPECT_EQ(score(ask(kind::host, numbered(1), now_s + 19)), 10);
  EXPECT_EQ(score(ask(kind::host, numbered(1), now_s + 20)), 1);
}

TEST_F(live_view_test, an_override_may_say_not_listed) {
  live_said none = over(0);
  none.answer.verdict = verdict::none;
  set(kind::host, numbered(1), live_layer::override, none);
  const answer got = ask(kind::host, numbered(1));
  EXPECT_EQ(got.status, status::listed);
  EXPECT_EQ(got.verdict, verdict::none);
  EXPECT_EQ(got.vflags, vflag_override);
}

TEST_F(live_view_test, a_removal_hides_the_table_until_it_ends) {
  set(kind::host, numbered(1), live_layer::live, removed(now_s + 3));
  EXPECT_EQ(ask(kind::host, numbered(1)).status, status::not_listed);
  EXPECT_EQ(ask(kind::host, numbered(1)).ttl_s, 3);
  EXPECT_EQ(score(ask(kind::host, numbered(1), now_s + 3)), 1);
}

TEST_F(live_view_test, addresses_ask_key_override_networks_put_table_live_networks_tables) {
  const fingerprint key = bytes_of(address);
  const fingerprint other = bytes_of({192, 0, 2, 6});  // in the same /29, in no exact table
  set_network(live_layer::live, 24, put(20));
  EXPECT_EQ(score(ask(kind::ip4, key)), 2);     // the exact table is more specific
  EXPECT_EQ(score(ask(kind::ip4, other)), 20);  // a live network wins over feeds' networks
  set_network(live_layer::live, 29, put(21, now_s + 5));
  EXPECT_EQ(score(ask(kind::ip4, other)), 21);
  EXPECT_EQ(score(ask(kind::ip4, other, now_s + 5)), 20);
  set(kind::ip4, key, live_layer::live, removed());
  EXPECT_EQ(score(ask(kind::ip4, key)), 21);  // what the networks around it say
  set(kind::ip4, key, live_layer::live, put(22));
  EXPECT_EQ(score(ask(kind::ip4, key)), 22);
  set_network(live_layer::override, 24, over(23));
  EXPECT_EQ(score(ask(kind::ip4, key)), 23);
  EXPECT_EQ(ask(kind::ip4, other).vflags, vflag_override);
  set_network(live_layer::override, 29, over(24, now_s + 9));
  EXPECT_EQ(score(ask(kind::ip4, key)), 24);
  EXPECT_EQ(ask(kind::ip4, key).ttl_s, 9);
  set(kind::ip4, key, live_layer::override, over(25));
  EXPECT_EQ(score(ask(kind::ip4, key)), 25);
  EXPECT_EQ(ask(kind::ip4, bytes_of({192, 0, 3, 1})).status, status::not_listed);
}

TEST_F(live_view_test, a_removed_address_without_live_networks_falls_to_the_feeds_networks) {
  set(kind::ip4, bytes_of(address), live_layer::live, removed());
  EXPECT_EQ(score(ask(kind::ip4, bytes_of(address))), 3);
}

TEST_F(live_view_test, a_test_point_stays_what_it_is) {
  set_network(live_layer::override, 24, over(30));
  ASSERT_TRUE(index_.fix(snapshot_.view().make_probe(kind::ip4, address.data()).key));
  EXPECT_EQ(score(ask(kind::ip4, bytes_of(address))), 2);
  EXPECT_EQ(score(ask(kind::ip4, bytes_of({192, 0, 2, 8}))), 30);
}

TEST_F(live_view_test, many_keys_at_once_get_the_answers_that_each_gets_alone) {
  std::vector<fingerprint> keys;
  std::vector<store::probe> probes;
  for (int i = 0; i < 200; ++i) {
    keys.push_back(numbered(static_cast<std::uint8_t>(i)));
    if (i % 3 == 0) {
      set(kind::host, keys.back(), live_layer::live, put(static_cast<std::int16_t>(i)));
    }
  }
  for (const fingerprint& key : keys) {
    probes.push_back(snapshot_.view().make_probe(kind::host, key.data()));
  }
  for (const std::size_t count : {0U, 1U, 23U, 24U, 25U, 48U, 200U}) {
    std::vector<answer> out(count);
    const store::live_view view{&index_, nullptr, 0};
    view.lookup(snapshot_.view(), std::span(probes).first(count), now_s, out);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(out[i], ask(kind::host, keys[i])) << i << " of " << count;
    }
  }
}

}  // namespace
}  // namespace repute::test
