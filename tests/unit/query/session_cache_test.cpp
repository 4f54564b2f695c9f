// SPDX-License-Identifier: Apache-2.0
#include "query/session_cache.hpp"

#include <gtest/gtest.h>

namespace repute::query {
namespace {

constexpr std::uint16_t hour = 1000;

session_name named(std::uint32_t client, std::uint64_t number, std::uint16_t at = hour) {
  return {client, 1, 0, number << 16 | at};
}

class session_cache_test : public testing::Test {
 protected:
  session* keep(const session_name& name) {
    return cache_.keep(
        std::make_unique<session>(name, seal::session_keys{}, seal::cipher_suite::aes_128_gcm),
        hour, ++batch_);
  }
  bool has(const session_name& name) { return cache_.find(name, ++batch_) != nullptr; }

  session_cache cache_;
  std::uint64_t batch_ = 0;
};

TEST_F(session_cache_test, finds_what_it_keeps_and_nothing_else) {
  session* const kept = keep(named(257, 1));
  EXPECT_EQ(cache_.find(named(257, 1), ++batch_), kept);
  EXPECT_FALSE(has(named(257, 2)));
  EXPECT_FALSE(has(named(513, 1)));
  session_name other = named(257, 1);
  other.suite = 2;
  EXPECT_FALSE(has(other));
  other = named(257, 1);
  other.slot = 1;
  EXPECT_FALSE(has(other));
}

TEST_F(session_cache_test, a_client_pushes_out_its_own_sessions_only) {
  keep(named(1 << 8, 1));
  for (std::uint64_t i = 0; i < 10 * session_cache::sessions_of_client_max; ++i) {
    keep(named(2 << 8, i));
  }
  EXPECT_TRUE(has(named(1 << 8, 1)));
  EXPECT_EQ(cache_.size(), session_cache::sessions_of_client_max + 1);
  EXPECT_TRUE(has(named(2 << 8, 10 * session_cache::sessions_of_client_max - 1)));
  EXPECT_FALSE(has(named(2 << 8, 0)));
}

TEST_F(session_cache_test, what_is_asked_for_stays) {
  keep(named(2 << 8, 0));
  for (std::uint64_t i = 1; i < 3 * session_cache::sessions_of_client_max; ++i) {
    EXPECT_TRUE(has(named(2 << 8, 0))) << i;
    keep(named(2 << 8, i));
  }
}

TEST_F(session_cache_test, another_hour_never_takes_the_place_of_this_one) {
  for (std::uint64_t i = 0; i < session_cache::sessions_of_client_max; ++i) {
    keep(named(2 << 8, i));
  }
  const session_name old = named(2 << 8, 1, hour - 1);
  EXPECT_NE(keep(old), nullptr);
  EXPECT_NE(cache_.find(old, batch_), nullptr) << "good for its batch";
  EXPECT_FALSE(has(old));
  EXPECT_TRUE(has(named(2 << 8, 0)));
}

TEST_F(session_cache_test, old_hours_go_first) {
  const session_name old = named(2 << 8, 1, hour - 1);
  keep(named(2 << 8, 1));
  keep(old);
  for (std::uint64_t i = 2; i < session_cache::sessions_of_client_max; ++i) {
    keep(named(2 << 8, i));
  }
  EXPECT_TRUE(has(old));
  keep(named(2 << 8, 5000));
  EXPECT_FALSE(has(old));
  EXPECT_TRUE(has(named(2 << 8, 1)));
}

TEST_F(session_cache_test, forgets_the_sessions_of_clients_that_are_gone) {
  keep(named(1 << 8, 1));
  keep(named(2 << 8, 1));
  keep(named(2 << 8, 2));
  cache_.erase_if([](std::uint32_t client) { return client == 2 << 8; });
  EXPECT_TRUE(has(named(1 << 8, 1)));
  EXPECT_EQ(cache_.size(), 1u);
}

TEST_F(session_cache_test, is_bounded_over_all_clients) {
  for (std::uint32_t client = 1; client <= 2 * session_cache::sessions_max; ++client) {
    keep(named(client << 8, 1));
  }
  EXPECT_EQ(cache_.size(), session_cache::sessions_max);
}

TEST_F(session_cache_test, sessions_of_this_batch_are_not_thrown_out) {
  for (std::uint64_t i = 0; i < session_cache::sessions_of_client_max; ++i) {
    keep(named(2 << 8, i));
  }
  ++batch_;
  const session* const first = cache_.find(named(2 << 8, 0), batch_);
  for (std::uint64_t i = 0; i < 32; ++i) {
    (void)cache_.keep(std::make_unique<session>(named(2 << 8, 7000 + i), seal::session_keys{},
                                                seal::cipher_suite::aes_128_gcm),
                      hour, batch_);
  }
  EXPECT_EQ(cache_.find(named(2 << 8, 0), batch_), first);
  for (std::uint64_t i = 0; i < 32; ++i) {
    EXPECT_NE(cache_.find(named(2 << 8, 7000 + i), batch_), nullptr);
  }
}

TEST(recent_nonces_test, remembers_a_nonce_with_where_it_came_from) {
  recent_nonces seen;
  const seal::nonce one{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  seal::nonce other = one;
  other[0] = 2;
  std::array<std::uint8_t, 16> here{};
  here[15] = 1;
  EXPECT_FALSE(seen.contains(one, here));
  seen.add(one, here);
  EXPECT_TRUE(seen.contains(one, here));
  EXPECT_FALSE(seen.contains(other, here));
  EXPECT_FALSE(seen.contains(one, {}));
  seen.add(one, {});  // a copy from somewhere else takes no place away
  EXPECT_TRUE(seen.contains(one, here));
}

TEST(network_test, reads_and_contains) {
  const auto v4 = [](std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    return std::array<std::uint8_t, 16>{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d};
  };
  const auto net = parse_network("192.0.2.128/25");
  ASSERT_TRUE(net);
  EXPECT_TRUE(net->contains(v4(192, 0, 2, 128)));
  EXPECT_TRUE(net->contains(v4(192, 0, 2, 255)));
  EXPECT_FALSE(net->contains(v4(192, 0, 2, 127)));
  EXPECT_TRUE(parse_network("192.0.2.1")->contains(v4(192, 0, 2, 1)));
  EXPECT_FALSE(parse_network("192.0.2.1")->contains(v4(192, 0, 2, 2)));
  EXPECT_TRUE(parse_network("0.0.0.0/0")->contains(v4(1, 2, 3, 4)));
  EXPECT_FALSE(parse_network("0.0.0.0/0")->contains({}));
  EXPECT_TRUE(parse_network("::/0")->contains({}));
  EXPECT_FALSE(parse_network("::/0")->contains(v4(1, 2, 3, 4))) << "IPv6 is not IPv4";
  EXPECT_TRUE(parse_network("2001:db8::/32")->contains({0x20, 0x01, 0x0d, 0xb8, 1}));
  EXPECT_FALSE(parse_network("2001:db8::/32")->contains({0x20, 0x01, 0x0d, 0xb9}));
  for (const char* bad :
       {"", "/", "192.0.2.1/24", "192.0.2.0/33", "::1/64", "::/129", "10/8", "192.0.2.0/",
        "192.0.2.0/ 24", "192.0.2.0/-1", "localhost", "192.0.2.0/24x", "::ffff:192.0.2.0/24"}) {
    EXPECT_FALSE(parse_network(bad)) << bad;
  }
}

TEST(rate_gate_test, lets_a_burst_and_then_the_rate_through) {
  rate_gate gate;
  const auto take = [&](std::uint64_t now) { return gate.take(now, 10, 50); };
  std::size_t passed = 0;
  for (int i = 0; i < 20; ++i) {
    passed += take(1000) ? 1 : 0;
  }
  EXPECT_EQ(passed, 5u);
  EXPECT_FALSE(take(1000));
  EXPECT_TRUE(take(1010));
  EXPECT_FALSE(take(1010));
  EXPECT_TRUE(take(5000));
  EXPECT_TRUE(gate.take(6000, 1000, 50)) << "more than there is, once";
  EXPECT_FALSE(take(6900));
  EXPECT_TRUE(take(6951));
}

}  // namespace
}  // namespace repute::query
