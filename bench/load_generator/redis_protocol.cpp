// SPDX-License-Identifier: Apache-2.0
#include "load_generator/byte_writer.hpp"
#include "load_generator/peer_names.hpp"
#include "load_generator/peer_protocols.hpp"
#include "load_generator/text_reply.hpp"

namespace repute::bench {

made_request redis_protocol::make(std::uint64_t n, byte_span to) noexcept {
  byte_writer out(to);
  out.text("*");
  out.decimal(load_.keys + 1);
  out.text(load_.keys == 1 ? "\r\n$3\r\nGET\r\n" : "\r\n$4\r\nMGET\r\n");
  unsigned listed = 0;
  for (unsigned i = 0; i < load_.keys; ++i) {
    const drawn_key key = draw_.draw(n, i, load_.held, wide_space);
    const auto name = hex_name(key.number);
    out.text("$32\r\n");
    out.text({name.data(), name.size()});
    out.text("\r\n");
    listed += key.listed ? 1 : 0;
  }
  static_assert(hex_name_size == 32);
  return {out.size(), static_cast<std::uint16_t>(load_.keys), static_cast<std::uint16_t>(listed)};
}

std::size_t redis_protocol::judge(byte_view bytes, judged_reply& out) noexcept {
  text_reply reader(bytes);
  out = {};
  auto line = reader.line();
  if (line && load_.keys > 1 && line->starts_with('*')) {
    line = reader.line();
  }
  for (unsigned left = load_.keys; line; line = reader.line()) {
    if (!line->starts_with('$')) {
      out.error = true;
      return reader.used();
    }
    const std::string_view size = line->substr(1);
    if (size != "-1" && !reader.skip_data(size)) {
      return 0;
    }
    out.listed = static_cast<std::uint16_t>(out.listed + (size != "-1" ? 1 : 0));
    ++out.keys;
    if (--left == 0) {
      return reader.used();
    }
  }
  return 0;
}

}  // namespace repute::bench
