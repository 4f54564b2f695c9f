// SPDX-License-Identifier: Apache-2.0
#include "load_generator/byte_writer.hpp"
#include "load_generator/peer_names.hpp"
#include "load_generator/peer_protocols.hpp"

namespace repute::bench {

namespace {

constexpr std::size_t header_size = 12;
constexpr std::size_t flags_at = 2;
constexpr std::size_t answers_at = 6;
constexpr unsigned response_bit = 0x8000;
constexpr unsigned rcode_mask = 0xf;
constexpr unsigned no_error = 0;
constexpr unsigned name_error = 3;
constexpr std::uint16_t one_question = 1;
constexpr std::uint16_t type_a = 1;
constexpr std::uint16_t class_in = 1;

// Every dot ends a label, and so does the end.
void put_labels(byte_writer& to, std::string_view name) {
  for (std::size_t at = 0; at <= name.size();) {
    const std::string_view label = name.substr(at, name.find('.', at) - at);
    const auto length = static_cast<std::uint8_t>(label.size());
    to.bytes({&length, 1});
    to.text(label);
    at += label.size() + 1;
  }
}

}  // namespace

made_request dns_protocol::make(std::uint64_t n, byte_span to) noexcept {
  byte_writer out(to);
  out.big_endian16(static_cast<std::uint16_t>(n));
  out.big_endian16(0);
  out.big_endian16(one_question);
  out.bytes(std::array<std::uint8_t, 6>{});
  const bool hex = names_ == names::hex;
  const drawn_key key = draw_.draw(n, 0, held_, hex ? wide_space : dotted_space);
  if (hex) {
    const auto name = hex_name(key.number);
    put_labels(out, {name.data(), name.size()});
  } else {
    const auto name = dotted(octets(key.number), true);
    put_labels(out, {name.data(), name.size()});
  }
  put_labels(out, zone_name);
  out.bytes(std::array<std::uint8_t, 1>{});
  out.big_endian16(type_a);
  out.big_endian16(class_in);
  return {out.size(), 1, static_cast<std::uint16_t>(key.listed ? 1 : 0)};
}

std::size_t dns_protocol::judge(byte_view bytes, judged_reply& out) noexcept {
  if (bytes.size() < header_size) {
    return 0;
  }
  const unsigned flags = load_big_endian16(bytes.data() + flags_at);
  if ((flags & response_bit) == 0) {
    return 0;
  }
  const unsigned rcode = flags & rcode_mask;
  out.id = load_big_endian16(bytes.data());
  out.error = rcode != no_error && rcode != name_error;
  out.keys = out.error ? 0 : 1;
  out.listed = rcode == no_error && load_big_endian16(bytes.data() + answers_at) != 0 ? 1 : 0;
  return bytes.size();
}

}  // namespace repute::bench
