// SPDX-License-Identifier: Apache-2.0
// Any datagram at a server: header, deadline, keys; the reply is never longer than the request.
#include <array>

#include "fuzz/require.hpp"
#include "repute/schema/message.hpp"

using repute::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute;
  using namespace repute::wire;
  const byte_view datagram(data, size);
  packet_header head;
  if (decode_request_header(datagram, head) != header_check::ok || head.type == type::fetch) {
    return 0;
  }
  const byte_view body = datagram.subspan(header::size);
  query_view query;
  const bool good = decode_query(head.type, body, query);
  require(good || query.keys().empty());
  require(query.deadline_ms == peek_deadline_ms(body));
  std::array<key, keys_max> keys;
  bool same_size = true;
  for (std::size_t i = 0; i < query.keys().size(); ++i) {
    keys[i] = key(query.keys()[i].kind, query.keys()[i].bytes);
    same_size = same_size && query.keys()[i].bytes.size() <= text_signature_size;
  }
  // What was read, written again, reads the same.
  std::array<std::uint8_t, request_size_max> again;
  const std::span<const key> asked(keys.data(), query.key_count);
  const std::size_t written =
      good ? encode_request(head.type, head.req_id, query.deadline_ms, asked, again) : 0;
  query_view second;
  if (written != 0 && same_size) {
    require(decode_query(head.type, byte_view(again).subspan(header::size, written - header::size),
                         second));
    require(second.key_count == query.key_count && second.deadline_ms == query.deadline_ms);
    for (std::size_t i = 0; i < second.keys().size(); ++i) {
      require(key(second.keys()[i].kind, second.keys()[i].bytes) == keys[i]);
    }
  }
  const std::array<answer, keys_max> answers{};
  server_status status;
  status.rcode = good ? rcode::ok : rcode::formerr;
  status.key_count = query.key_count;
  reply_buffer reply(again, size);
  encode_answer_packet(head, status, std::span(answers).first(query.key_count), {}, reply);
  require(reply.size() >= answers_offset && reply.size() <= size);
  return 0;
}
