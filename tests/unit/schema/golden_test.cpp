// SPDX-License-Identifier: Apache-2.0
// Every golden datagram has the outcome that its line tells, and the codec writes the same bytes.
#include <gtest/gtest.h>

#include "repute/schema/message.hpp"
#include "unit/schema/vectors.hpp"

namespace repute::wire {
namespace {

std::string word(header_check value) {
  switch (value) {
    case header_check::ok:
      return "ok";
    case header_check::bad_size:
      return "bad_size";
    case header_check::bad_magic:
      return "bad_magic";
    case header_check::other_major:
      return "other_major";
    case header_check::unknown_type:
      return "unknown_type";
    case header_check::bad_plain:
      return "bad_plain";
  }
  return "?";
}

std::string request_outcome(byte_view datagram) {
  packet_header head;
  const header_check check = decode_request_header(datagram, head);
  if (check != header_check::ok) {
    return word(check);
  }
  if (head.suite != 0) {
    return "sealed";
  }
  const byte_view body = datagram.subspan(header::size);
  fetch_request fetch;
  query_view query;
  const bool good =
      head.type == type::fetch ? decode_fetch(body, fetch) : decode_query(head.type, body, query);
  return good ? "ok" : "formerr";
}

std::string reply_outcome(byte_view datagram) {
  packet_header head;
  const header_check check = decode_reply_header(datagram, head);
  if (check != header_check::ok) {
    return word(check);
  }
  const byte_view body = datagram.subspan(header::size);
  answer_view answer;
  part_view part;
  reject_view reject;
  const bool good = head.type == type::part     ? decode_part(body, part)
                    : head.type == type::reject ? decode_reject(body, reject)
                                                : decode_answer_packet(body, answer);
  return good ? "ok" : "broken";
}

TEST(golden, every_datagram_has_its_outcome) {
  for (const test::golden& packet : test::golden_packets()) {
    const auto outcome = packet.direction == "request" ? request_outcome : reply_outcome;
    EXPECT_EQ(outcome(packet.datagram), packet.outcome) << packet.name;
  }
}

TEST(golden, accepted_queries_read_back) {
  test::bytes datagram;  // the view looks into it
  query_view query;
  const auto read = [&](const std::string& name, type kind_of_packet) {
    datagram = test::golden_packet(name);
    EXPECT_TRUE(decode_query(kind_of_packet, byte_view(datagram).subspan(header::size), query))
        << name;
    return query.keys().size();
  };
  EXPECT_EQ(read("query-example", type::query), 2u);
  EXPECT_EQ(query.deadline_ms, 500);
  EXPECT_EQ(read("query-every-kind", type::query), 17u);
  for (std::size_t i = 0; i < all_kinds.size(); ++i) {
    EXPECT_EQ(query.keys()[i].kind, all_kinds[i]);
    EXPECT_TRUE(query.keys()[i].well_formed());
  }
  EXPECT_EQ(read("query-largest", type::query), 64u);
  EXPECT_EQ(read("query-unknown-kind", type::query), 2u);
  EXPECT_FALSE(query.keys()[0].well_formed());
  EXPECT_TRUE(query.keys()[1].well_formed());
  EXPECT_EQ(read("query-wrong-length", type::query), 2u);
  EXPECT_FALSE(query.keys()[0].well_formed());
  EXPECT_EQ(read("ping", type::ping), 0u);
  EXPECT_EQ(read("ping-canary", type::ping), 2u);
}

TEST(golden, the_codec_writes_the_same_requests) {
  for (const std::string name : {"query-example", "query-one-ip4", "query-every-kind",
                                 "query-64-hosts", "query-no-deadline", "ping", "ping-canary"}) {
    const test::bytes datagram = test::golden_packet(name);
    packet_header head;
    ASSERT_EQ(decode_request_header(datagram, head), header_check::ok);
    query_view query;
    ASSERT_TRUE(decode_query(head.type, byte_view(datagram).subspan(header::size), query));
    std::vector<key> keys;
    for (const key_view& item : query.keys()) {
      keys.emplace_back(item.kind, item.bytes);
    }
    test::bytes again(request_size_max, 0xff);
    again.resize(encode_request(head.type, head.req_id, query.deadline_ms, keys, again));
    EXPECT_EQ(again, datagram) << name;
  }
  test::bytes fetch(request_size_max, 0xff);
  EXPECT_EQ(encode_fetch(0x0123456789abcdef, {fetch_server_list, 1024}, fetch), fetch.size());
  EXPECT_EQ(fetch, test::golden_packet("fetch"));
}

TEST(golden, the_codec_writes_the_same_answers) {
  for (const test::golden& packet : test::golden_packets()) {
    packet_header head;
    if (packet.outcome != "ok" || packet.direction != "reply" ||
        packet.name.find("tlv") != std::string::npos || packet.name == "answer-clock" ||
        packet.name == "answer-unknown-numbers" ||
        decode_reply_header(packet.datagram, head) != header_check::ok ||
        (head.type != type::answer && head.type != type::pong)) {
      continue;
    }
    answer_view answer;
    ASSERT_TRUE(decode_answer_packet(byte_view(packet.datagram).subspan(header::size), answer));
    head.type = head.type == type::pong ? type::ping : type::query;
    test::bytes storage(request_size_max, 0xff);
    reply_buffer reply(storage, std::max<std::size_t>(request_size_min, packet.datagram.size()));
    encode_answer_packet(head, answer.status, answer.answers(),
                         {.snapshot = answer.snapshot, .clock_ms = answer.clock_ms}, reply);
    const bool unpadded = packet.name == "answer-shortest";
    const byte_view written = unpadded ? reply.bytes().first(answers_offset) : reply.bytes();
    EXPECT_EQ(test::bytes(written.begin(), written.end()), packet.datagram) << packet.name;
  }
}

TEST(golden, the_codec_writes_the_same_parts_and_rejects) {
  for (const std::string name : {"part-first", "part-last", "part-none", "part-beyond-the-end"}) {
    const test::bytes datagram = test::golden_packet(name);
    packet_header head;
    part_view part;
    ASSERT_EQ(decode_reply_header(datagram, head), header_check::ok);
    ASSERT_TRUE(decode_part(byte_view(datagram).subspan(header::size), part));
    test::bytes storage(request_size_max, 0xff);
    reply_buffer reply(storage, request_size_max);
    encode_part(head, part, reply);
    EXPECT_EQ(test::bytes(reply.bytes().begin(), reply.bytes().end()), datagram) << name;
  }
  packet_header query;
  ASSERT_EQ(decode_request_header(test::golden_packet("query-major-2"), query),
            header_check::other_major);
  test::bytes storage(request_size_max, 0xff);
  reply_buffer reply(storage, request_size_min);
  encode_reject_version(query, reply);
  EXPECT_EQ(test::bytes(reply.bytes().begin(), reply.bytes().end()), test::golden_packet("reject"));
}

TEST(golden, status_block_fields) {
  const test::bytes datagram = test::golden_packet("answer-every-status");
  answer_view answer;
  ASSERT_TRUE(decode_answer_packet(byte_view(datagram).subspan(header::size), answer));
  const server_status expected{
      rcode::ok,          13,    31,           255,       65535, 65535, 0xffffffff, 0xfedcba98,
      0x0807060504030201, 65534, {0xab, 0xcd}, 0x89abcdef};
  EXPECT_EQ(answer.status, expected);
  EXPECT_EQ(answer.answers()[2],
            (repute::answer{status::listed, verdict::probable_spam, 500, 0xfff, 0xf, 65535}));
}

TEST(golden, pong_tells_the_snapshot) {
  answer_view answer;
  const test::bytes pong = test::golden_packet("pong");
  ASSERT_TRUE(decode_answer_packet(byte_view(pong).subspan(header::size), answer));
  EXPECT_EQ(answer.snapshot, (snapshot_tlv{90, 12345}));
  const test::bytes plain = test::golden_packet("answer-64");
  ASSERT_TRUE(decode_answer_packet(byte_view(plain).subspan(header::size), answer));
  EXPECT_FALSE(answer.snapshot);
  EXPECT_EQ(answer.answers().size(), keys_max);
}

}  // namespace
}  // namespace repute::wire
