// SPDX-License-Identifier: Apache-2.0
// Sealed datagrams through the query core: who is let in, and what everybody else gets, which is
// nothing.
#include <gtest/gtest.h>

#include <set>

#include "support/snapshot_builder.hpp"
#include "unit/query/memory_store.hpp"
#include "unit/query/query_fixture.hpp"
#include "unit/query/sealed_client.hpp"

namespace repute::test {
namespace {

using query::counter;

const memory_store& store() {
  static const memory_store made(200);
  return made;
}

class sealed_query_test : public testing::Test {
 protected:
  sealed_query_test() { client_.begin(hour()); }

  [[nodiscard]] std::uint64_t unix_s() const { return unix_ns_ / 1'000'000'000; }
  [[nodiscard]] std::uint16_t hour() const { return seal::hour_of(unix_s()); }

  // Only sealed requests of the clients in the list.
  void allow(std::vector<query::allowed_client> clients) {
    access_ = std::make_unique<query::access_list>(std::move(clients), query::allowed_client());
  }
  octets ask(const query::datagram& one) {
    const auto replies = core_.process(
        {&one, 1},
        {.view = &store().view(), .access = *access_, .unix_ns = unix_ns_, .now_ns = ++now_ns_});
    return replies.empty() ? octets() : octets(replies[0].bytes.begin(), replies[0].bytes.end());
  }
  octets ask(const octets& bytes) { return ask(to_server(bytes)); }
  [[nodiscard]] std::uint64_t count(counter which) const { return core_.counters().value(which); }

  octets question(std::size_t keys = 3) { return make_query(store().keys().first(keys), ++ids_); }

  sealed_client client_;
  std::unique_ptr<query::access_list> access_ =
      std::make_unique<query::access_list>(std::vector{client_.entry()}, query::allowed_client());
  query::reject_limiter limiter_{1};
  query::query_core core_{0x5eed, limiter_};
  std::uint64_t unix_ns_ = 1'700'003'600'000'000'000;
  std::uint64_t now_ns_ = 1'000'000'000'000;
  std::uint64_t ids_ = 0;
};

TEST_F(sealed_query_test, a_client_of_the_list_is_answered_under_its_session) {
  for (const auto suite :
       {seal::cipher_suite::aes_128_gcm, seal::cipher_suite::chacha20_poly1305}) {
    sealed_client client(257, 3, suite);
    client.begin(hour());
    for (const std::size_t keys : {1U, 3U, 20U, 64U}) {
      const octets plain = question(keys);
      const octets reply = ask(client.seal(plain));
      ASSERT_FALSE(reply.empty());
      EXPECT_LE(reply.size(), plain.size() + seal::tag_size);
      const auto got = client.answer(reply);
      ASSERT_TRUE(got);
      ASSERT_EQ(got->answers().size(), keys);
      for (std::size_t i = 0; i < keys; ++i) {
        EXPECT_EQ(got->answers()[i], store().expected(store().keys()[i]));
      }
    }
  }
}

TEST_F(sealed_query_test, nobody_else_is) {
  sealed_client stranger(513);
  stranger.begin(hour());
  EXPECT_TRUE(ask(stranger.seal(question())).empty());
  sealed_client other_slot(257, 2);
  other_slot.begin(hour());
  EXPECT_TRUE(ask(other_slot.seal(question())).empty());
  EXPECT_EQ(count(counter::dropped_client), 2u);
  EXPECT_TRUE(ask(question()).empty()) << "plain, where none is allowed";
  EXPECT_EQ(count(counter::dropped_network), 1u);
}

TEST_F(sealed_query_test, a_client_is_bound_to_its_networks_and_its_days) {
  auto entry = client_.entry();
  entry.networks = {*query::parse_network("198.51.100.0/24")};
  allow({entry});
  EXPECT_TRUE(ask(client_.seal(question())).empty());
  EXPECT_EQ(count(counter::dropped_network), 1u);
  entry.networks = {*query::parse_network("198.51.100.0/24"),
                    *query::parse_network("192.0.2.0/24")};
  entry.not_after_unix_s = unix_s();
  allow({entry});
  EXPECT_FALSE(ask(client_.seal(question())).empty());
  unix_ns_ += 1'000'000'000;
  EXPECT_TRUE(ask(client_.seal(question())).empty());
  EXPECT_EQ(count(counter::dropped_client), 1u);
}

TEST_F(sealed_query_test, a_revoked_client_is_not_answered_in_a_session_that_is_known) {
  EXPECT_FALSE(ask(client_.seal(question())).empty());
  allow({});
  EXPECT_TRUE(ask(client_.seal(question())).empty());
}

// A listed network and one that is not, so that an answer to somebody else's address shows.
TEST_F(sealed_query_test, questions_of_one_batch_do_not_mix) {
  content_builder made;
  const std::uint32_t listed = made.verdict_of(listing(900));
  made.content().ranges4 = {{0xc6336400, listed}, {0xc6336500, store::no_verdict}};
  const memory_snapshot snapshot(made.content());
  constexpr std::size_t count = 8;
  std::vector<octets> sent;
  std::vector<query::datagram> batch;
  ask(client_.seal(question()));  // the session is known
  for (std::uint8_t i = 0; i < count; ++i) {
    // 198.51.100.i is in the network, 203.0.113.i is not.
    const bool in = i % 2 == 0;
    const std::array<std::uint8_t, 4> address{in ? std::uint8_t{198} : std::uint8_t{203},
                                              in ? std::uint8_t{51} : std::uint8_t{0},
                                              in ? std::uint8_t{100} : std::uint8_t{113}, i};
    const key asked(kind::ip4, address);
    sent.push_back(client_.seal(make_query({&asked, 1}, i)));
  }
  sent[3].back() ^= 1;  // is dropped, but was opened
  for (const octets& each : sent) {
    batch.push_back(to_server(each));
  }
  const auto replies = core_.process(
      batch,
      {.view = &snapshot.view(), .access = *access_, .unix_ns = unix_ns_, .now_ns = ++now_ns_});
  ASSERT_EQ(replies.size(), count - 1);
  for (const query::reply& reply : replies) {
    const auto got = client_.answer(reply.bytes);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->answers()[0].status, reply.index % 2 == 0 ? status::listed : status::not_listed)
        << reply.index;
  }
}

TEST_F(sealed_query_test, no_flipped_bit_is_answered) {
  ASSERT_FALSE(ask(client_.seal(question())).empty());  // deriving keys has limits of its own
  const octets good = client_.seal(question(1));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    octets bad = good;
    bad[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    const octets reply = ask(bad);
    wire::packet_header header;
    // Another major version is told so, as to anybody; that reply says nothing and proves nothing.
    const bool rejected = !reply.empty() &&
                          wire::decode_reply_header(reply, header) == wire::header_check::ok &&
                          header.type == wire::type::reject;
    EXPECT_TRUE(reply.empty() || rejected) << bit;
  }
  EXPECT_FALSE(ask(good).empty());
}

TEST_F(sealed_query_test, a_copy_is_not_answered_twice) {
  const octets asked = client_.seal(question());
  EXPECT_FALSE(ask(asked).empty());
  EXPECT_TRUE(ask(asked).empty());
  EXPECT_EQ(count(counter::dropped_replay), 1u);
}

TEST_F(sealed_query_test, a_copy_from_elsewhere_does_not_make_the_original_one) {
  const octets asked = client_.seal(question());
  query::datagram copy = to_server(asked);
  copy.peer = endpoint4({192, 0, 2, 99}, 5000);
  EXPECT_FALSE(ask(copy).empty());
  EXPECT_FALSE(ask(asked).empty());
}

TEST_F(sealed_query_test, the_same_question_is_never_sealed_alike) {
  std::set<octets> nonces;
  const octets plain = question();
  for (int i = 0; i < 1000; ++i) {
    const octets reply = ask(client_.seal(plain));
    ASSERT_FALSE(reply.empty());
    nonces.insert({reply.begin() + wire::header::nonce, reply.begin() + wire::header::size});
  }
  EXPECT_EQ(nonces.size(), 1000u);
}

TEST_F(sealed_query_test, a_wrong_clock_is_told_the_time_and_nothing_else) {
  for (const int apart : {-3, 3, 1000}) {
    client_.begin(static_cast<std::uint16_t>(hour() + apart), 7);
    const auto got = client_.answer(ask(client_.seal(question())));
    ASSERT_TRUE(got) << apart;
    EXPECT_EQ(got->status.rcode, wire::rcode::clock);
    EXPECT_EQ(got->answers().size(), 0u);
    EXPECT_EQ(got->clock_ms, unix_ns_ / 1'000'000);
  }
  for (const int apart : {-2, -1, 0, 1, 2}) {
    client_.begin(static_cast<std::uint16_t>(hour() + apart), 8);
    const auto got = client_.answer(ask(client_.seal(question())));
    ASSERT_TRUE(got) << apart;
    EXPECT_EQ(got->status.rcode, wire::rcode::ok);
  }
  EXPECT_EQ(count(counter::wrong_clock), 3u);
}

TEST_F(sealed_query_test, a_sealed_fetch_is_answered_but_not_with_a_wrong_clock) {
  octets fetch(wire::request_size_max - seal::tag_size);
  ASSERT_EQ(wire::encode_fetch(5, {.what = wire::fetch_server_list, .offset = 0}, fetch),
            fetch.size());
  EXPECT_TRUE(client_.open(ask(client_.seal(fetch))));
  client_.begin(static_cast<std::uint16_t>(hour() + 9));
  EXPECT_TRUE(ask(client_.seal(fetch)).empty());
}

TEST_F(sealed_query_test, only_so_many_new_sessions_are_begun_at_once) {
  std::size_t answered = 0;
  for (std::uint64_t i = 1; i <= 200; ++i) {
    client_.begin(hour(), i);
    answered += ask(client_.seal(question())).empty() ? 0 : 1;
  }
  // And one more, since each question takes a nanosecond and the last may owe the rest.
  EXPECT_EQ(answered, 65u);
  EXPECT_EQ(count(counter::dropped_session), 135u);
  // Known ones go on, and so does another address.
  client_.begin(hour(), 1);
  EXPECT_FALSE(ask(client_.seal(question())).empty());
  now_ns_ += 1'000'000'000;
  client_.begin(hour(), 1000);
  EXPECT_FALSE(ask(client_.seal(question())).empty());
}

TEST_F(sealed_query_test, keys_of_other_kinds_are_refused_one_by_one) {
  auto entry = client_.entry();
  entry.kinds.reset();
  entry.kinds.set(static_cast<std::uint8_t>(kind::ip4));
  allow({entry});
  const auto keys = store().keys().first(50);
  const auto got = client_.answer(ask(client_.seal(make_query(keys))));
  ASSERT_TRUE(got);
  std::size_t refused = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].kind() == kind::ip4) {
      EXPECT_EQ(got->answers()[i], store().expected(keys[i]));
    } else {
      EXPECT_EQ(got->answers()[i].status, status::refused);
      EXPECT_EQ(got->answers()[i].verdict, verdict::none);
      ++refused;
    }
  }
  EXPECT_GT(refused, 0u);
  EXPECT_EQ(count(counter::keys_refused), refused);
}

TEST_F(sealed_query_test, who_asks_more_than_it_may_is_told_so) {
  auto entry = client_.entry();
  entry.rate = 100;
  allow({entry});
  const std::vector<key> names(10, key(kind::host, fingerprint{}));
  std::size_t served = 0;
  for (int i = 0; i < 20; ++i) {
    const auto got = client_.answer(ask(client_.seal(make_query(names))));
    ASSERT_TRUE(got);
    served += got->status.rcode == wire::rcode::ok ? 1 : 0;
    EXPECT_TRUE(got->status.rcode == wire::rcode::ok || got->answers().empty());
  }
  EXPECT_EQ(served, 11u);  // the last owes ten units
  EXPECT_EQ(count(counter::over_rate), 9u);
  now_ns_ += 100'000'000;  // ten units' time
  EXPECT_EQ(client_.answer(ask(client_.seal(make_query(names))))->status.rcode, wire::rcode::ok);
}

TEST_F(sealed_query_test, a_fetch_above_the_rate_is_dropped) {
  auto entry = client_.entry();
  entry.rate = 1;
  allow({entry});
  const octets body{wire::fetch_server_list, 0, 0, 0, 0};
  std::size_t served = 0;
  for (int i = 0; i < 5; ++i) {
    const octets sealed = client_.seal(request_with_body(wire::type::fetch, body));
    served += ask(sealed).empty() ? 0 : 1;
  }
  EXPECT_EQ(served, 2u);  // the last owes one
  EXPECT_EQ(count(counter::dropped_rate), 3u);
}

TEST_F(sealed_query_test, replies_draw_nothing_from_another_server) {
  const octets reply = ask(client_.seal(question()));
  EXPECT_TRUE(ask(reply).empty());
}

TEST_F(sealed_query_test, a_body_that_breaks_the_format_is_an_error_under_seal) {
  octets plain = question();
  plain[wire::header::size + wire::query::nkeys] = 200;
  const auto got = client_.answer(ask(client_.seal(plain)));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status.rcode, wire::rcode::formerr);
}

}  // namespace
}  // namespace repute::test
