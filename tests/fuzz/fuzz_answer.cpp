// SPDX-License-Identifier: Apache-2.0
// Any datagram at a client as ANSWER or PONG: what is accepted, written again, reads the same.
#include <algorithm>
#include <array>

#include "fuzz/require.hpp"
#include "repute/schema/message.hpp"

using repute::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute;
  using namespace repute::wire;
  const byte_view datagram(data, size);
  packet_header head;
  if (decode_reply_header(datagram, head) != header_check::ok ||
      (head.type != type::answer && head.type != type::pong)) {
    return 0;
  }
  answer_view first;
  if (!decode_answer_packet(datagram.subspan(header::size), first)) {
    require(first.answers().empty() && !first.snapshot);
    return 0;
  }
  require(first.answers().size() ==
          (first.status.rcode == rcode::ok ? first.status.key_count : 0u));
  require(answers_offset + answer_size * first.answers().size() <= size);
  std::array<std::uint8_t, request_size_max> again;
  reply_buffer reply(again, again.size());
  encode_answer_packet(head, first.status, first.answers(),
                       {.snapshot = first.snapshot, .clock_ms = first.clock_ms}, reply);
  answer_view second;
  require(decode_answer_packet(reply.bytes().subspan(header::size), second));
  require(second.status == first.status);
  require(second.snapshot == first.snapshot || first.status.rcode == rcode::toosmall);
  require(second.clock_ms == first.clock_ms);
  require(std::ranges::equal(second.answers(), first.answers()));
  return 0;
}
