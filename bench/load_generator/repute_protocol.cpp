// SPDX-License-Identifier: Apache-2.0
#include "load_generator/repute_protocol.hpp"

#include <algorithm>
#include <cstring>

#include "repute/schema/message.hpp"

namespace repute::bench {

namespace {

using namespace repute::wire;

constexpr std::size_t key_head = 2;           // kind, length
constexpr std::size_t least_for_answer = 88;  // of the request, beside 8 bytes a key

std::size_t padded_size(std::size_t used, std::size_t keys) noexcept {
  const std::size_t least =
      std::max({used, least_for_answer + answer_size * keys, request_size_min});
  return (least + padding_unit - 1) / padding_unit * padding_unit;
}

}  // namespace

made_request repute_protocol::make(std::uint64_t n, byte_span to) noexcept {
  made_request out;
  std::memset(to.data(), 0, request_size_max);
  packet_header header;
  header.req_id = n;
  encode_header(header, to.data());
  std::size_t used = header::size + query::keys;
  for (const kind kind : workload_.mix.kinds_of(n)) {
    const std::size_t size = key_size(kind);
    if (used + key_head + size > request_size_max) {
      return {};
    }
    const std::uint64_t held = workload_.held ? workload_.held->of(kind) : 0;
    const auto key = draw_.draw(n, out.keys, held, kind == kind::ip4 ? ip4_space : wide_space);
    to[used] = static_cast<std::uint8_t>(kind);
    to[used + 1] = static_cast<std::uint8_t>(size);
    write_made_up_key(kind, key.number, to.data() + used + key_head);
    used += key_head + size;
    out.listed = static_cast<std::uint16_t>(out.listed + (key.listed ? 1 : 0));
    ++out.keys;
  }
  to[header::size + query::nkeys] = static_cast<std::uint8_t>(out.keys);
  store_le(to.data() + header::size + query::deadline_ms, workload_.deadline_ms);
  const std::size_t size = padded_size(used, out.keys);
  out.bytes = size <= request_size_max ? size : 0;
  out.listed = workload_.held ? out.listed : listed_unknown;
  return out;
}

std::size_t repute_protocol::judge(byte_view bytes, judged_reply& out) noexcept {
  if (bytes.size() < answers_offset || bytes[header::magic_major] != (magic | major) ||
      bytes[header::type] != static_cast<std::uint8_t>(type::answer)) {
    return 0;
  }
  out.id = load_le<std::uint64_t>(bytes.data() + header::req_id);
  const std::uint8_t* block = bytes.data() + header::size;
  const std::size_t keys = block[status_block::nkeys];
  out.error = block[status_block::rcode] != static_cast<std::uint8_t>(rcode::ok);
  out.keys = 0;
  out.listed = 0;
  if (out.error || bytes.size() < answers_offset + keys * answer_size) {
    out.error = true;
    return bytes.size();
  }
  out.keys = static_cast<std::uint16_t>(keys);
  for (std::size_t i = 0; i < keys; ++i) {
    const std::uint8_t said = bytes[answers_offset + i * answer_size];
    out.listed = static_cast<std::uint16_t>(
        out.listed + (said == static_cast<std::uint8_t>(status::listed) ? 1 : 0));
  }
  return bytes.size();
}

std::size_t echo_protocol::judge(byte_view bytes, judged_reply& out) noexcept {
  if (bytes.size() < request_size_min) {
    return 0;
  }
  out = {load_le<std::uint64_t>(bytes.data() + header::req_id), bytes[header::size + query::nkeys],
         listed_unknown, false};
  return bytes.size();
}

}  // namespace repute::bench
