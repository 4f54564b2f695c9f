// SPDX-License-Identifier: Apache-2.0
#include "query/sealed_gate.hpp"

#include <gtest/gtest.h>

#include "unit/query/sealed_client.hpp"

namespace repute::test {
namespace {

using query::counter;

class sealed_gate_test : public testing::Test {
 protected:
  static octets ping() {
    octets out(wire::request_size_min);
    wire::encode_header({.type = wire::type::ping}, out.data());
    return out;
  }
  query::sealed_gate::entry open(const octets& bytes) {
    wire::packet_header header;
    EXPECT_EQ(wire::decode_request_header(bytes, header), wire::header_check::ok);
    octets body(bytes.size());
    return gate_.open(to_server(bytes), header, access_,
                      {.unix_ns = unix_ns, .now_ns = 1'000'000'000'000, .batch = ++batch_}, body);
  }
  query::sealed_gate::entry open_spoilt() {
    octets bytes = client_.seal(ping());
    bytes.back() ^= 1;
    return open(bytes);
  }
  // How many of 1000 datagrams with wrong tags cost a derivation, or at least a decryption.
  std::size_t looked_into() {
    std::size_t out = 0;
    for (int i = 0; i < 1000; ++i) {
      const auto dropped = open_spoilt().dropped;
      EXPECT_TRUE(dropped == counter::dropped_tag || dropped == counter::dropped_session);
      out += dropped == counter::dropped_tag ? 1 : 0;
    }
    return out;
  }

  static constexpr std::uint64_t unix_ns = 1'700'003'600'000'000'000;
  static constexpr std::uint16_t hour = seal::hour_of(unix_ns / 1'000'000'000);
  sealed_client client_;
  query::access_list access_{{client_.entry()}, query::allowed_client()};
  query::sealed_gate gate_{1};
  std::uint64_t batch_ = 0;
};

// A session that was kept without one would be opened as one that is known, whatever the limit.
TEST_F(sealed_gate_test, a_session_is_kept_after_its_first_good_tag_and_not_before) {
  client_.begin(hour);
  EXPECT_EQ(looked_into(), 64u);
  EXPECT_EQ(open(client_.seal(ping())).dropped, counter::dropped_session);
  sealed_client known(513);
  query::access_list both({client_.entry(), known.entry()}, query::allowed_client());
  std::swap(access_, both);
  known.begin(hour);
  EXPECT_FALSE(open(known.seal(ping())).dropped);
  std::swap(client_, known);
  EXPECT_EQ(looked_into(), 1000u) << "of a session that is known each costs a decryption";
}

TEST_F(sealed_gate_test, other_hours_have_a_tenth_of_the_derivations) {
  client_.begin(static_cast<std::uint16_t>(hour + 2));
  EXPECT_EQ(looked_into(), 7u);
  client_.begin(hour);
  EXPECT_EQ(looked_into(), 64u) << "counted apart";
}

TEST_F(sealed_gate_test, a_session_that_is_used_up_is_silent) {
  constexpr std::uint32_t end = seal::session_packets_max - seal::session_packets_spare;
  client_.begin(hour);
  auto seen = open(client_.seal(ping()));
  ASSERT_FALSE(seen.dropped);
  query::session& session = *seen.session;
  EXPECT_EQ(session.opened, 1u);
  for (std::uint32_t query::session::*carried :
       {&query::session::opened, &query::session::sealed}) {
    session.*carried = end - 1;
    EXPECT_FALSE(session.ends());
    session.*carried = end;
    EXPECT_TRUE(session.ends());
    session.*carried = seal::session_packets_max - 1;
    EXPECT_FALSE(open(client_.seal(ping())).dropped);
    session.*carried = seal::session_packets_max;
    EXPECT_EQ(open(client_.seal(ping())).dropped, counter::dropped_session);
    session.*carried = 0;
  }
  octets reply(wire::header::size + 64 + seal::tag_size);
  session.sealed = seal::session_packets_max - 1;
  EXPECT_TRUE(gate_.seal(session, reply, unix_ns));
  EXPECT_FALSE(gate_.seal(session, reply, unix_ns));
}

}  // namespace
}  // namespace repute::test
