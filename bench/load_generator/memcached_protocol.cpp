// SPDX-License-Identifier: Apache-2.0
#include "load_generator/byte_writer.hpp"
#include "load_generator/peer_names.hpp"
#include "load_generator/peer_protocols.hpp"
#include "load_generator/text_reply.hpp"

namespace repute::bench {

namespace {

constexpr std::size_t frame_size = 8;  // id, number of this datagram, number of all, reserved

}  // namespace

made_request memcached_protocol::make(std::uint64_t n, byte_span to) noexcept {
  byte_writer out(to);
  if (udp_) {
    out.big_endian16(static_cast<std::uint16_t>(n));
    out.big_endian16(0);
    out.big_endian16(1);
    out.big_endian16(0);
  }
  out.text("get");
  unsigned listed = 0;
  for (unsigned i = 0; i < load_.keys; ++i) {
    const drawn_key key = draw_.draw(n, i, load_.held, wide_space);
    const auto name = hex_name(key.number);
    out.text(" ");
    out.text({name.data(), name.size()});
    listed += key.listed ? 1 : 0;
  }
  out.text("\r\n");
  return {out.size(), static_cast<std::uint16_t>(load_.keys), static_cast<std::uint16_t>(listed)};
}

std::size_t memcached_protocol::judge(byte_view bytes, judged_reply& out) noexcept {
  const std::size_t head = udp_ ? frame_size : 0;
  if (bytes.size() < head) {
    return 0;
  }
  text_reply reader(bytes.subspan(head));
  out = {udp_ ? load_big_endian16(bytes.data()) : 0U, static_cast<std::uint16_t>(load_.keys), 0,
         false};
  for (;;) {
    const auto line = reader.line();
    if (!line) {
      return 0;
    }
    if (*line == "END") {
      return head + reader.used();
    }
    // VALUE name flags bytes
    if (!line->starts_with("VALUE ") || !reader.skip_data(line->substr(line->rfind(' ') + 1))) {
      out.error = !line->starts_with("VALUE ");
      out.keys = 0;
      return out.error ? head + reader.used() : 0;
    }
    ++out.listed;
  }
}

}  // namespace repute::bench
