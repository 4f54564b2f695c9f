// SPDX-License-Identifier: Apache-2.0
#include "core/sealed_channel.hpp"

#include <gtest/gtest.h>

#include <set>

#include "repute/schema/message.hpp"

namespace repute::core {
namespace {

constexpr std::uint64_t hour_ns = 3600ULL * 1'000'000'000;

using bytes = std::vector<std::uint8_t>;

bytes plain_ping() {
  bytes out(wire::request_size_min);
  EXPECT_EQ(wire::encode_request(wire::type::ping, 7, 0, {}, out), out.size());
  return out;
}

wire::packet_header header_of(byte_view datagram) {
  wire::packet_header out;
  EXPECT_EQ(wire::decode_request_header(datagram, out), wire::header_check::ok);
  return out;
}

class sealed_channel_test : public testing::Test {
 protected:
  sealed_channel_test() {
    credentials_.client_id = 257;
    credentials_.slot = 3;
    seal::fill_random(credentials_.keys.psk.bytes());
    channel_.emplace(sealing{credentials_, [this] { return unix_ns_; }}, 1);
  }

  bytes ask() {
    bytes datagram = plain_ping();
    sid_ = channel_->seal(datagram, now_);
    return datagram;
  }

  // A PONG as a server would seal it under session `sid`.
  bytes reply(std::uint64_t sid, const wire::server_status& status = {}) {
    const auto keys = seal::derive_session_keys(credentials_.keys.psk, sid, credentials_.suite);
    wire::packet_header request;
    request.type = wire::type::ping;
    request.suite = static_cast<std::uint8_t>(credentials_.suite);
    request.slot = credentials_.slot;
    request.client_id = credentials_.client_id;
    request.sid = sid;
    bytes out(128);
    wire::reply_buffer into(out, out.size());
    wire::encode_answer_packet(request, status, {}, {}, into);
    out.resize(into.size() + seal::tag_size);
    seal::packet_cipher cipher(seal::packet_cipher::role::seals, credentials_.suite,
                               keys.to_client);
    EXPECT_TRUE(cipher.seal(out));
    return out;
  }
  bool takes(byte_view datagram, std::uint64_t sid) {
    wire::packet_header header;
    return wire::decode_reply_header(datagram, header) == wire::header_check::ok &&
           channel_->open(datagram, header, sid).has_value();
  }
  // A server with the id `server + 100`, unless it has another one.
  void say_clock(std::size_t server, std::uint64_t unix_ns, std::size_t servers,
                 std::uint32_t id = 0) {
    const auto usual = static_cast<std::uint32_t>(server + 100);
    channel_->on_status(server, {.rcode = wire::rcode::clock, .server_id = id == 0 ? usual : id},
                        unix_ns / 1'000'000, sid_, servers);
  }
  bool begins_another() {
    const std::uint64_t before = sid_;
    ask();
    return sid_ != before;
  }

  seal::credentials credentials_;
  std::uint64_t unix_ns_ = 1000 * hour_ns + 59 * 60ULL * 1'000'000'000;
  time_point now_{};
  std::optional<sealed_channel> channel_;
  std::uint64_t sid_ = 0;
};

TEST_F(sealed_channel_test, names_client_session_and_a_new_nonce_in_every_datagram) {
  std::set<bytes> nonces;
  std::set<std::uint64_t> sids;
  for (int i = 0; i < 100; ++i) {
    const bytes sent = ask();
    const auto header = header_of(sent);
    EXPECT_EQ(header.suite, 1);
    EXPECT_EQ(header.slot, 3);
    EXPECT_EQ(header.client_id, 257u);
    EXPECT_EQ(header.req_id, 7u);
    EXPECT_EQ(seal::hour_of_session(header.sid), 1000);
    EXPECT_EQ(sent.size(), wire::request_size_min + seal::tag_size);
    nonces.insert({header.nonce.begin(), header.nonce.end()});
    sids.insert(header.sid);
  }
  EXPECT_EQ(nonces.size(), 100u);
  EXPECT_EQ(sids.size(), 1u);
}

TEST_F(sealed_channel_test, begins_another_session_within_the_hour) {
  ask();
  const std::uint64_t first = sid_;
  now_ += std::chrono::minutes(49);
  ask();
  EXPECT_EQ(sid_, first);
  now_ += std::chrono::minutes(11);
  unix_ns_ += hour_ns;
  ask();
  EXPECT_NE(sid_, first);
  EXPECT_EQ(seal::hour_of_session(sid_), 1001);
  EXPECT_TRUE(takes(reply(first), first)) << "it may still be on its way";
  EXPECT_TRUE(takes(reply(sid_), sid_));
}

TEST_F(sealed_channel_test, begins_another_session_when_the_clock_has_leapt) {
  ask();
  unix_ns_ += 3 * hour_ns;  // the machine slept
  ask();
  EXPECT_EQ(seal::hour_of_session(sid_), 1003);
}

TEST_F(sealed_channel_test, begins_another_session_when_the_server_says_so) {
  ask();
  const std::uint64_t first = sid_;
  channel_->on_status(0, {.sflags = wire::sflag_session_ends}, std::nullopt, first, 1);
  ask();
  EXPECT_NE(sid_, first);
  const std::uint64_t second = sid_;
  channel_->on_status(0, {.sflags = wire::sflag_session_ends}, std::nullopt, first, 1);
  ask();
  EXPECT_EQ(sid_, second) << "it was left already";
}

TEST_F(sealed_channel_test, takes_what_the_servers_sealed_and_nothing_else) {
  ask();
  const bytes good = reply(sid_);
  EXPECT_TRUE(takes(good, sid_));
  EXPECT_FALSE(takes(good, sid_ + 1));
  EXPECT_FALSE(takes(byte_view(good).first(good.size() - 1), sid_));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    bytes bad = good;
    bad[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_FALSE(takes(bad, sid_)) << bit;
  }
  // Plain, with the session's fields or without.
  bytes plain(good.begin(), good.end() - seal::tag_size);
  EXPECT_FALSE(takes(plain, sid_));
  plain[wire::header::suite_slot] = 0;
  EXPECT_FALSE(takes(plain, sid_));
}

TEST_F(sealed_channel_test, follows_the_clocks_of_most_servers) {
  ask();
  const std::uint64_t theirs = unix_ns_ + 30 * hour_ns;
  say_clock(1, theirs, 3);
  ask();
  EXPECT_EQ(seal::hour_of_session(sid_), 1000) << "one of three";
  say_clock(1, theirs, 3);
  ask();
  EXPECT_EQ(seal::hour_of_session(sid_), 1000) << "the same one again";
  channel_->on_status(1, {.server_id = 101}, std::nullopt, sid_, 3);
  say_clock(2, theirs, 3);
  ask();
  EXPECT_EQ(seal::hour_of_session(sid_), 1000) << "the first has taken it back";
  say_clock(3, theirs, 3);
  ask();
  EXPECT_EQ(seal::hour_of_session(sid_), 1030);
}

TEST_F(sealed_channel_test, one_server_is_never_most_of_three) {
  ask();
  const std::uint64_t theirs = unix_ns_ + 30 * hour_ns;
  for (std::uint32_t id = 1; id < 5; ++id) {
    say_clock(1, theirs, 3, id);  // it has another id after each restart
    EXPECT_FALSE(begins_another());
  }
  say_clock(2, theirs, 3, 4);
  EXPECT_FALSE(begins_another()) << "the same server by another address";
  say_clock(0, theirs, 3);
  EXPECT_TRUE(begins_another());
}

TEST_F(sealed_channel_test, follows_no_clocks_that_differ) {
  ask();
  say_clock(0, unix_ns_ + 10 * hour_ns, 3);
  say_clock(1, unix_ns_ - 10 * hour_ns, 3);
  EXPECT_FALSE(begins_another());
  channel_->forget(1);
  say_clock(2, unix_ns_ + 11 * hour_ns, 3);
  EXPECT_TRUE(begins_another());
  EXPECT_GE(seal::hour_of_session(sid_), 1010);
}

TEST_F(sealed_channel_test, begins_another_session_when_a_server_that_answered_is_silent) {
  ask();
  channel_->on_silence(0, now_ + std::chrono::minutes(1));
  EXPECT_FALSE(begins_another()) << "it may be dead";
  channel_->on_status(0, {}, std::nullopt, sid_, 2);
  channel_->on_silence(1, now_ + std::chrono::minutes(1));
  EXPECT_FALSE(begins_another()) << "another one";
  channel_->on_silence(0, now_ + std::chrono::seconds(9));
  EXPECT_FALSE(begins_another()) << "not all the time";
  channel_->on_silence(0, now_ + std::chrono::seconds(10));
  EXPECT_TRUE(begins_another());
  channel_->on_silence(0, now_ + std::chrono::minutes(1));
  EXPECT_FALSE(begins_another()) << "it is silent still";
}

// Found by fuzzing: the difference to such a clock does not fit into a number.
TEST_F(sealed_channel_test, follows_no_clock_that_no_time_can_have) {
  ask();
  for (const std::uint64_t clock_ms : {std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
    channel_->on_status(0, {.rcode = wire::rcode::clock, .server_id = 1}, clock_ms, sid_, 1);
    ask();
    EXPECT_EQ(seal::hour_of_session(sid_), 1000);
  }
}

}  // namespace
}  // namespace repute::core
