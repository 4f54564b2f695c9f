// SPDX-License-Identifier: Apache-2.0
// Every truncation and every single-bit flip of every golden datagram. Inputs live in heap blocks
// of their exact size, so that the address sanitizer sees a read of one byte too many.
#include <gtest/gtest.h>

#include <memory>

#include "repute/schema/message.hpp"
#include "unit/schema/vectors.hpp"

namespace repute::wire {
namespace {

class exact_block {
 public:
  explicit exact_block(byte_view from) : data_(new std::uint8_t[from.size()]), size_(from.size()) {
    std::copy(from.begin(), from.end(), data_.get());
  }
  [[nodiscard]] byte_view view() const { return {data_.get(), size_}; }

 private:
  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t size_;
};

bool inside(byte_view part, byte_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

// What a server does with a datagram: answers each key, within the length of the request.
void serve(byte_view datagram) {
  packet_header head;
  if (decode_request_header(datagram, head) != header_check::ok || head.suite != 0) {
    return;
  }
  const byte_view body = datagram.subspan(header::size);
  std::array<std::uint8_t, request_size_max> storage;
  reply_buffer reply(storage, datagram.size());
  if (head.type == type::fetch) {
    fetch_request fetch;
    ASSERT_TRUE(decode_fetch(body, fetch));
    encode_part(head, {}, reply);
    ASSERT_LE(reply.size(), datagram.size());
    return;
  }
  query_view query;
  server_status status;
  status.rcode = decode_query(head.type, body, query) ? rcode::ok : rcode::formerr;
  status.key_count = query.key_count;
  for (const key_view& item : query.keys()) {
    ASSERT_TRUE(inside(item.bytes, body));
  }
  const std::vector<answer> answers(query.key_count);
  encode_answer_packet(head, status, answers, {}, reply);
  ASSERT_LE(reply.size(), datagram.size());
  answer_view out;
  ASSERT_TRUE(decode_answer_packet(reply.bytes().subspan(header::size), out));
  ASSERT_LE(out.answers().size(), query.keys().size());
}

// What a client does with one.
void receive(byte_view datagram) {
  packet_header head;
  if (decode_reply_header(datagram, head) != header_check::ok) {
    return;
  }
  const byte_view body = datagram.subspan(header::size);
  answer_view answer;
  if (decode_answer_packet(body, answer)) {
    ASSERT_EQ(answer.answers().size(),
              answer.status.rcode == rcode::ok ? answer.status.key_count : 0u);
    ASSERT_LE(status_block::size + answer_size * answer.answers().size(), body.size());
  } else {
    ASSERT_TRUE(answer.answers().empty());
    ASSERT_FALSE(answer.snapshot);
  }
  part_view part;
  if (decode_part(body, part)) {
    ASSERT_TRUE(inside(part.bytes, body));
    ASSERT_LE(part.bytes.size(), part_bytes_max);
    ASSERT_TRUE(part.bytes.empty() || part.offset + part.bytes.size() <= part.total);
  }
  reject_view reject;
  ASSERT_TRUE(decode_reject(body, reject));
}

void check(byte_view datagram) {
  const exact_block block(datagram);
  serve(block.view());
  receive(block.view());
}

TEST(damage, every_truncation) {
  for (const test::golden& packet : test::golden_packets()) {
    SCOPED_TRACE(packet.name);
    for (std::size_t size = 0; size <= packet.datagram.size(); ++size) {
      ASSERT_NO_FATAL_FAILURE(check(byte_view(packet.datagram).first(size))) << "size " << size;
    }
  }
}

TEST(damage, every_bit_flip) {
  for (test::golden& packet : test::golden_packets()) {
    SCOPED_TRACE(packet.name);
    for (std::size_t bit = 0; bit < 8 * packet.datagram.size(); ++bit) {
      const auto mask = static_cast<std::uint8_t>(1u << (bit % 8));
      packet.datagram[bit / 8] ^= mask;
      ASSERT_NO_FATAL_FAILURE(check(packet.datagram)) << "bit " << bit;
      packet.datagram[bit / 8] ^= mask;
    }
  }
}

TEST(damage, a_truncated_body_never_yields_more_keys_or_answers) {
  const test::bytes query = test::golden_packet("query-example");
  const test::bytes answer = test::golden_packet("answer-example");
  constexpr std::size_t keys_end = 40 + 4 + 6 + 18;
  for (std::size_t size = header::size; size < query.size(); ++size) {
    const exact_block block(byte_view(query).subspan(header::size, size - header::size));
    query_view out;
    EXPECT_EQ(decode_query(type::query, block.view(), out), size >= keys_end) << size;
  }
  for (std::size_t size = header::size; size < answer.size(); ++size) {
    const exact_block block(byte_view(answer).subspan(header::size, size - header::size));
    answer_view out;
    EXPECT_EQ(decode_answer_packet(block.view(), out), size >= answers_offset + 16) << size;
  }
}

}  // namespace
}  // namespace repute::wire
