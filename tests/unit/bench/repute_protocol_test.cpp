// SPDX-License-Identifier: Apache-2.0
#include "load_generator/repute_protocol.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "repute/schema/message.hpp"

namespace {

using namespace repute;
using namespace repute::bench;

repute_workload asking(request_mix mix) {
  return {.mix = std::move(mix), .held = record_counts::of(1000), .hit_percent = 50};
}

std::vector<std::uint8_t> made(protocol& speaks, std::uint64_t n, made_request& facts) {
  std::vector<std::uint8_t> bytes(request_bytes_max, 0xee);
  facts = speaks.make(n, bytes);
  bytes.resize(facts.bytes);
  return bytes;
}

// Reads back what was made, and makes it again with the client's encoder.
void expect_as_the_encoder_makes_it(protocol& speaks, std::uint64_t n) {
  made_request facts;
  const auto bytes = made(speaks, n, facts);
  wire::packet_header header;
  ASSERT_EQ(wire::decode_request_header(bytes, header), wire::header_check::ok);
  EXPECT_EQ(header.req_id, n);
  wire::query_view query;
  ASSERT_TRUE(
      wire::decode_query(wire::type::query, byte_view(bytes).subspan(wire::header::size), query));
  EXPECT_EQ(query.key_count, facts.keys);
  std::vector<key> keys;
  for (const wire::key_view& each : query.keys()) {
    EXPECT_TRUE(each.well_formed());
    keys.emplace_back(each.kind, each.bytes);
  }
  std::vector<std::uint8_t> again(wire::request_size_max);
  again.resize(wire::encode_request(wire::type::query, n, query.deadline_ms, keys, again));
  EXPECT_EQ(bytes, again);
}

TEST(repute_protocol, requests_are_the_clients) {
  const std::array kinds{kind::host, kind::ip4, kind::ip6, kind::file_sha256};
  for (const std::size_t count : {1U, 4U, 16U, 20U, 32U, 64U}) {
    repute_protocol speaks(asking(request_mix::fixed(count, kinds)));
    for (std::uint64_t n = 0; n < 50; ++n) {
      expect_as_the_encoder_makes_it(speaks, n * 0x100000001);
    }
  }
  repute_protocol mails(asking(request_mix::mail()));
  for (std::uint64_t n = 0; n < 50; ++n) {
    expect_as_the_encoder_makes_it(mails, n);
  }
}

TEST(repute_protocol, tells_its_deadline) {
  const std::array kinds{kind::host};
  repute_workload load = asking(request_mix::fixed(1, kinds));
  load.deadline_ms = 500;
  repute_protocol speaks(load);
  made_request facts;
  const auto bytes = made(speaks, 1, facts);
  EXPECT_EQ(wire::peek_deadline_ms(byte_view(bytes).subspan(wire::header::size)), 500);
}

TEST(repute_protocol, knows_what_is_held_only_if_told) {
  const std::array kinds{kind::host};
  repute_workload load = asking(request_mix::fixed(64, kinds));
  made_request facts;
  repute_protocol told(load);
  (void)made(told, 1, facts);
  EXPECT_GT(facts.listed, 10);
  EXPECT_LT(facts.listed, 54);
  load.held.reset();
  repute_protocol untold(load);
  (void)made(untold, 1, facts);
  EXPECT_EQ(facts.listed, listed_unknown);
}

std::vector<std::uint8_t> reply_to(const std::vector<std::uint8_t>& request, wire::rcode code,
                                   std::span<const answer> answers) {
  wire::packet_header header;
  EXPECT_EQ(wire::decode_request_header(request, header), wire::header_check::ok);
  wire::server_status status;
  status.rcode = code;
  status.key_count = static_cast<std::uint8_t>(answers.size());
  std::vector<std::uint8_t> bytes(wire::request_size_max);
  wire::reply_buffer reply(bytes, request.size());
  wire::encode_answer_packet(header, status, answers, {}, reply);
  bytes.resize(reply.size());
  return bytes;
}

TEST(repute_protocol, counts_what_is_listed) {
  const std::array kinds{kind::host};
  repute_protocol speaks(asking(request_mix::fixed(3, kinds)));
  made_request facts;
  const auto request = made(speaks, 77, facts);
  std::array<answer, 3> answers{};
  answers[1].status = status::listed;
  answers[1].verdict = verdict::spam;
  const auto reply = reply_to(request, wire::rcode::ok, answers);
  judged_reply judged;
  EXPECT_EQ(speaks.judge(reply, judged), reply.size());
  EXPECT_EQ(judged.id, 77U);
  EXPECT_EQ(judged.keys, 3);
  EXPECT_EQ(judged.listed, 1);
  EXPECT_FALSE(judged.error);
}

TEST(repute_protocol, busy_is_an_error_and_a_query_no_reply) {
  const std::array kinds{kind::host};
  repute_protocol speaks(asking(request_mix::fixed(1, kinds)));
  made_request facts;
  const auto request = made(speaks, 5, facts);
  const std::array<answer, 1> answers{};
  judged_reply judged;
  const auto busy = reply_to(request, wire::rcode::busy, answers);
  EXPECT_EQ(speaks.judge(busy, judged), busy.size());
  EXPECT_TRUE(judged.error);
  EXPECT_EQ(judged.id, 5U);
  EXPECT_EQ(speaks.judge(request, judged), 0U);
  EXPECT_EQ(speaks.judge(byte_view(busy).first(71), judged), 0U);
}

TEST(repute_protocol, a_reply_shorter_than_its_count_is_an_error) {
  const std::array kinds{kind::host};
  repute_protocol speaks(asking(request_mix::fixed(16, kinds)));
  made_request facts;
  const auto request = made(speaks, 5, facts);
  const std::array<answer, 16> answers{};
  const auto reply = reply_to(request, wire::rcode::ok, answers);
  judged_reply judged;
  EXPECT_NE(speaks.judge(byte_view(reply).first(72 + 15 * 8), judged), 0U);
  EXPECT_TRUE(judged.error);
}

TEST(echo_protocol, takes_its_own_request_for_a_reply) {
  const std::array kinds{kind::host};
  echo_protocol speaks(asking(request_mix::fixed(20, kinds)));
  made_request facts;
  const auto request = made(speaks, 9, facts);
  judged_reply judged;
  EXPECT_EQ(speaks.judge(request, judged), request.size());
  EXPECT_EQ(judged.id, 9U);
  EXPECT_EQ(judged.keys, 20);
  EXPECT_EQ(judged.listed, listed_unknown);
}

}  // namespace
