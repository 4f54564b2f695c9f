// SPDX-License-Identifier: Apache-2.0
#include "repute/schema/message.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/schema/vectors.hpp"

namespace repute::wire {
namespace {

using test::bytes;

// The layout is a contract with clients in other languages.
static_assert(header::size == 40 && header::nonce + header::nonce_size == header::size);
static_assert(header::req_id == header::mac1 + 4 && header::nonce == header::req_id + 8);
static_assert(status_block::size == 32 && status_block::generation + 4 == status_block::size);
static_assert(answers_offset == 72 && reject_size == 43 && answer_size == 8);
static_assert(answers_offset + 16 + answer_size * keys_max <= request_size_max);
static_assert(header::size + part_head_size + part_bytes_max + 16 <= request_size_max);

constexpr server_status two_keys{.key_count = 2};

std::vector<key> keys_of(std::size_t count, kind of = kind::host) {
  const bytes raw(key_size(of), 0x5a);
  return std::vector<key>(count, key(of, raw));
}

TEST(request_size, is_padded_for_its_answer) {
  EXPECT_EQ(request_size({}), 128u);
  EXPECT_EQ(request_size(keys_of(1)), 128u);
  EXPECT_EQ(request_size(keys_of(4)), 128u);             // 44 + 72 = 116, 88 + 32 = 120
  EXPECT_EQ(request_size(keys_of(5)), 192u);             // 44 + 90 = 134
  EXPECT_EQ(request_size(keys_of(6, kind::ip4)), 192u);  // 44 + 36 = 80, but 88 + 48 = 136
  EXPECT_EQ(request_size(keys_of(64)), 1216u);
  EXPECT_EQ(request_size(keys_of(64, kind::ip4)), 640u);  // 44 + 384 < 88 + 512
}

TEST(request_size, ends_at_the_limits) {
  EXPECT_FALSE(request_size(keys_of(65, kind::ip4)));
  EXPECT_EQ(request_size(keys_of(6, kind::text_sig)), 1216u);
  EXPECT_FALSE(request_size(keys_of(7, kind::text_sig)));
}

TEST(encode_request, refuses_what_a_server_would_refuse) {
  bytes to(request_size_max);
  EXPECT_EQ(encode_request(type::query, 1, 0, {}, to), 0u);
  EXPECT_EQ(encode_request(type::ping, 1, 0, keys_of(1), to), 0u);
  EXPECT_EQ(encode_request(type::query, 1, 0, keys_of(65, kind::ip4), to), 0u);
  EXPECT_EQ(encode_request(type::query, 1, 0, keys_of(5), byte_span(to).first(191)), 0u);
  EXPECT_EQ(encode_request(type::query, 1, 0, keys_of(5), byte_span(to).first(192)), 192u);
  EXPECT_EQ(encode_fetch(1, {}, byte_span(to).first(request_size_min - 1)), 0u);
}

TEST(peek_deadline, needs_no_keys) {
  EXPECT_EQ(peek_deadline_ms(bytes{0, 200, 0x34, 0x12}), 0x1234);
  EXPECT_EQ(peek_deadline_ms(bytes{0, 1, 0x34}), 0);
  EXPECT_EQ(peek_deadline_ms({}), 0);
}

TEST(reply_buffer, cannot_outgrow_the_request) {
  bytes storage(request_size_max);
  reply_buffer reply(storage, 130);
  EXPECT_EQ(reply.capacity(), 130u);
  EXPECT_NE(reply.extend(130), nullptr);
  EXPECT_EQ(reply.extend(1), nullptr);
  EXPECT_EQ(reply.size(), 130u);
  EXPECT_EQ(reply_buffer(storage, 5000).capacity(), storage.size());
}

TEST(encode_answer_packet, says_toosmall_when_answers_do_not_fit) {
  bytes storage(request_size_max, 0xff);
  const std::vector<answer> answers(8);
  server_status status;
  status.key_count = 8;
  const snapshot_tlv snapshot{1, 2};
  reply_buffer reply(storage, 135);  // 72 + 8 * 8 = 136
  encode_answer_packet({}, status, answers, {.snapshot = snapshot, .clock_ms = {}}, reply);
  EXPECT_EQ(reply.size(), 128u);
  answer_view out;
  ASSERT_TRUE(decode_answer_packet(reply.bytes().subspan(header::size), out));
  EXPECT_EQ(out.status.rcode, rcode::toosmall);
  EXPECT_EQ(out.status.key_count, 8);
  EXPECT_TRUE(out.answers().empty());
  EXPECT_FALSE(out.snapshot);  // the status block alone
}

TEST(encode_answer_packet, stays_unpadded_where_padding_does_not_fit) {
  bytes storage(request_size_max, 0xff);
  server_status status;
  status.key_count = 8;
  reply_buffer reply(storage, 136);
  encode_answer_packet({}, status, std::vector<answer>(8), {}, reply);
  EXPECT_EQ(reply.size(), 136u);
}

TEST(encode_answer_packet, leaves_out_a_snapshot_that_does_not_fit) {
  bytes storage(request_size_max, 0xff);
  const snapshot_tlv snapshot{1, 2};
  server_status status;
  status.key_count = 7;
  packet_header ping;
  ping.type = type::ping;
  reply_buffer reply(storage, 137);  // 72 + 56 = 128, and 10 more would be 138
  encode_answer_packet(ping, status, std::vector<answer>(7), {.snapshot = snapshot, .clock_ms = {}},
                       reply);
  EXPECT_EQ(reply.size(), 128u);
  answer_view out;
  ASSERT_TRUE(decode_answer_packet(reply.bytes().subspan(header::size), out));
  EXPECT_FALSE(out.snapshot);
  EXPECT_EQ(out.answers().size(), 7u);
}

TEST(encode_answer_packet, errors_carry_no_verdicts) {
  bytes storage(request_size_max, 0xff);
  server_status busy = two_keys;
  busy.rcode = rcode::busy;
  reply_buffer reply(storage, 128);
  const std::vector<answer> answers(2, {status::listed, verdict::trusted});
  encode_answer_packet({}, busy, answers, {}, reply);
  answer_view out;
  ASSERT_TRUE(decode_answer_packet(reply.bytes().subspan(header::size), out));
  EXPECT_TRUE(out.answers().empty());
  for (const std::uint8_t byte : reply.bytes().subspan(answers_offset)) {
    EXPECT_EQ(byte, 0);
  }
}

TEST(encode_part, is_cut_to_the_request) {
  bytes storage(request_size_max, 0xff);
  const bytes document(1500, 7);
  reply_buffer small(storage, 128);
  encode_part({}, {1500, 0, 1, document}, small);
  EXPECT_EQ(small.size(), 128u);
  reply_buffer large(storage, request_size_max);
  encode_part({}, {1500, 0, 1, document}, large);
  EXPECT_EQ(large.size(), header::size + part_head_size + part_bytes_max);
}

RC_GTEST_PROP(header_codec, reads_back_what_was_written, ()) {
  packet_header from;
  from.type = *rc::gen::element(type::query, type::ping, type::fetch);
  from.suite = *rc::gen::inRange<std::uint8_t>(1, 16);
  from.slot = *rc::gen::inRange<std::uint8_t>(0, 16);
  from.client_id = *rc::gen::arbitrary<std::uint32_t>();
  from.sid = *rc::gen::arbitrary<std::uint64_t>();
  from.mac1 = *rc::gen::arbitrary<std::uint32_t>();
  from.req_id = *rc::gen::arbitrary<std::uint64_t>();
  from.nonce = *rc::gen::arbitrary<std::array<std::uint8_t, header::nonce_size>>();
  bytes datagram(request_size_min);
  encode_header(from, datagram.data());
  packet_header out;
  RC_ASSERT(decode_request_header(datagram, out) == header_check::ok);
  RC_ASSERT(out == from);
}

RC_GTEST_PROP(query_codec, reads_back_what_was_written, ()) {
  const auto count = *rc::gen::inRange<std::size_t>(1, keys_max + 1);
  std::vector<key> keys;
  for (std::size_t i = 0; i < count; ++i) {
    const kind of = *rc::gen::elementOf(all_kinds);
    keys.emplace_back(of,
                      *rc::gen::container<bytes>(key_size(of), rc::gen::arbitrary<std::uint8_t>()));
  }
  const auto deadline = *rc::gen::arbitrary<std::uint16_t>();
  bytes datagram(request_size_max, 0xff);
  const std::size_t size = encode_request(type::query, 9, deadline, keys, datagram);
  const auto expected = request_size(keys);
  RC_ASSERT(size == expected.value_or(0));
  if (size == 0) {
    return;
  }
  datagram.resize(size);
  query_view out;
  RC_ASSERT(decode_query(type::query, byte_view(datagram).subspan(header::size), out));
  RC_ASSERT(out.deadline_ms == deadline);
  RC_ASSERT(out.keys().size() == keys.size());
  for (std::size_t i = 0; i < count; ++i) {
    RC_ASSERT(key(out.keys()[i].kind, out.keys()[i].bytes) == keys[i]);
  }
  RC_ASSERT(size >= answers_offset + 16 + answer_size * count && size % padding_unit == 0);
}

// An address has one key. Under the other form it would be "not listed" whatever is known about it.
TEST(key_view, ipv6_forms_of_ipv4_addresses_are_malformed) {
  const auto well_formed = [](const std::string& hex) {
    const bytes address = test::parse_hex(hex);
    return key_view{kind::ip6, address}.well_formed();
  };
  EXPECT_FALSE(well_formed("00000000000000000000ffff7f000002"));
  EXPECT_FALSE(well_formed("0064ff9b00000000000000007f000002"));
  EXPECT_TRUE(well_formed("0064ff9b00000000000000017f000002"));
  EXPECT_TRUE(well_formed("00000000000000000000fffe7f000002"));
  EXPECT_TRUE(well_formed("20010db80000000000000000ffff7f00"));
}

RC_GTEST_PROP(answer_codec, reads_back_within_any_request, ()) {
  const auto capacity = *rc::gen::inRange(request_size_min, request_size_max + 1);
  const auto count = *rc::gen::inRange<std::uint8_t>(0, keys_max + 1);
  std::vector<answer> answers;
  for (int i = 0; i < count; ++i) {
    answers.push_back({*rc::gen::element(status::listed, status::not_listed, status::near),
                       static_cast<verdict>(*rc::gen::inRange(0, 8)),
                       *rc::gen::inRange<std::int16_t>(-1000, 1001)});
  }
  server_status status;
  status.key_count = count;
  status.data_seq = *rc::gen::arbitrary<std::uint64_t>();
  bytes storage(request_size_max, 0xff);
  reply_buffer reply(storage, capacity);
  const snapshot_tlv snapshot{3, 4};
  encode_answer_packet({}, status, answers, {.snapshot = snapshot, .clock_ms = {}}, reply);
  RC_ASSERT(reply.size() <= capacity);
  answer_view out;
  RC_ASSERT(decode_answer_packet(reply.bytes().subspan(header::size), out));
  const bool fits = answers_offset + answer_size * count <= capacity;
  RC_ASSERT(out.status.rcode == (fits ? rcode::ok : rcode::toosmall));
  RC_ASSERT(out.status.data_seq == status.data_seq);
  RC_ASSERT(out.answers().size() == (fits ? count : 0u));
  RC_ASSERT(std::ranges::equal(out.answers(), std::span(answers).first(out.answers().size())));
}

}  // namespace
}  // namespace repute::wire
