// SPDX-License-Identifier: Apache-2.0
// FETCH at a server, PART and REJECT at a client: what is accepted, written again, is the same.
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
  std::array<std::uint8_t, request_size_max> again;
  fetch_request fetch;
  if (decode_request_header(datagram, head) == header_check::ok && head.type == type::fetch) {
    require(decode_fetch(datagram.subspan(header::size), fetch));
    require(encode_fetch(head.req_id, fetch, again) == again.size());
    fetch_request second;
    require(decode_fetch(byte_view(again).subspan(header::size), second) && second == fetch);
    reply_buffer reply(again, size);
    encode_part(head, {}, reply);
    require(reply.size() <= size);
  }
  if (decode_reply_header(datagram, head) != header_check::ok) {
    return 0;
  }
  const byte_view body = datagram.subspan(header::size);
  part_view part;
  reject_view reject;
  require(decode_reject(body, reject) || head.type != type::reject);
  if (head.type == type::part && decode_part(body, part)) {
    require(part.bytes.empty() == (part.offset >= part.total));
    reply_buffer reply(again, again.size());
    encode_part(head, part, reply);
    require(std::ranges::equal(reply.bytes().subspan(header::size), body));
  }
  return 0;
}
